from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.result import Row, Seconds, median_row
from benchmarks.table import machine_lines, table_lines


@pytest.mark.parametrize(
    ("value", "processor", "higher_is_better", "verdict"),
    [
        (1.0, 3.0, False, "yes"),
        (3.0, 1.0, False, "by processor"),
        (3.0, 3.0, False, "NO"),
        (3.0, None, False, "NO"),
        (3.0, 1.0, True, "yes"),
        (1.0, 3.0, True, "by processor"),
    ],
)
def test_a_target_is_held_by_the_clock_by_the_processor_or_not(
    value, processor, higher_is_better, verdict
):
    row = Row(
        what="",
        value=value,
        unit="s",
        target=2.0,
        processor=processor,
        higher_is_better=higher_is_better,
    )
    assert row.holds == verdict


def test_a_rate_is_the_median_of_rates():
    samples = [Seconds(1.0, 0.5), Seconds(2.0, 0.5), Seconds(10.0, 0.5)]
    row = median_row("", samples, "jobs/s", convert=lambda s: 100 / s, higher_is_better=True)
    assert (row.least, row.value, row.most, row.processor) == (10, 50, 100, 200)


def test_the_table_shows_numbers_target_baseline_and_notes():
    row = median_row(
        "claim",
        [Seconds(0.5, 0.25)],
        target=1.0,
        baseline=[Seconds(0.25, 0.2)],
        baseline_is="a plain loop",
        note="one process",
    )
    lines = table_lines([row])
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    assert cells == [
        *("claim", "0.50 s", "0.50 to 0.50", "0.25", "≤ 1", "yes"),
        *("0.25 s: a plain loop", "2.00"),
    ]
    assert lines[-1] == "- claim: one process."
    assert {len(line) for line in lines[:3]} == {len(lines[0])}


def test_the_machine_is_a_table_too():
    assert machine_lines([("memory", "8 GiB")])[-1] == "| memory  | 8 GiB |"


def test_an_unknown_group_is_refused_with_those_there_are():
    command = [sys.executable, "-m", "benchmarks", "pictuers"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no group pictuers; there are: imports, queue" in done.stderr
