"""The rows as a table: Markdown, which reads well in a terminal too."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.result import Row

HEADINGS = (
    *("what", "median", "least to most", "processor", "target", "holds"),
    *("baseline", "times baseline"),
)


def machine_lines(facts: Iterable[tuple[str, str]]) -> list[str]:
    return aligned([("machine", ""), *facts])


def table_lines(rows: Iterable[Row]) -> list[str]:
    """The table, and under it what its rows have to say besides numbers."""
    rows = list(rows)
    lines = aligned([HEADINGS, *(_cells(row) for row in rows)])
    notes = [f"- {row.what}: {row.note}." for row in rows if row.note]
    return [*lines, "", *notes] if notes else lines


def aligned(table: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    lines = ["| " + " | ".join(map(str.ljust, cells, widths)) + " |" for cells in table]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines


def _cells(row: Row) -> tuple[str, ...]:
    spread = limit = baseline = ratio = ""
    if row.least is not None and row.most is not None:
        spread = f"{_number(row.least)} to {_number(row.most)}"
    if row.target is not None:
        limit = f"{'≥' if row.higher_is_better else '≤'} {_number(row.target)}"
    if row.baseline is not None:
        baseline = f"{_number(row.baseline)} {row.unit}: {row.baseline_is}"
        ratio = f"{row.value / row.baseline:.2f}" if row.baseline else ""
    processor = "" if row.processor is None else _number(row.processor)
    value = f"{_number(row.value)} {row.unit}"
    return (row.what, value, spread, processor, limit, row.holds, baseline, ratio)


def _number(value: float) -> str:
    """Three significant digits, and no more noise than that."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
