"""Rows that are on the disk as soon as they are known: a lent card may be gone in mid-run."""

from __future__ import annotations

import dataclasses
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.result import Row
from benchmarks.table import table_lines


class Report:
    """Written anew after each part, as a table (card.md) and as JSON (card.json)."""

    def __init__(self, folder: Path, seconds: float, *, began: float) -> None:
        self._folder = folder
        self._began = began
        self._seconds = seconds
        self.rows: list[Row] = []
        self.facts: dict[str, Any] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def left(self) -> float:
        """Seconds until the program has to have ended."""
        return self._began + self._seconds - time.monotonic()

    def part(self, name: str, run: Callable[[], None], *, needs: float) -> bool:
        """Run one part if it has the seconds that it needs. Whether it came to its end."""
        if self.left < needs:
            self.say(f"{name}: left out, {self.left:.0f} s are left and it needs {needs:.0f}")
            return False
        began = time.monotonic()
        self.say(f"{name} ...")
        try:
            run()
        except Exception:
            self.facts[f"{name}: failed"] = traceback.format_exc()[-3000:]
            traceback.print_exc()
            return False
        finally:
            self.facts[f"{name}: seconds"] = round(time.monotonic() - began, 1)
            self.write()
        return True

    def row(self, what: str, value: float, unit: str, **more: Any) -> None:
        self.rows.append(Row(what=what, value=value, unit=unit, **more))
        against = f" against {more['baseline']:.3f}" if more.get("baseline") is not None else ""
        self.say(f"  {what}: {value:.3f} {unit}{against}")

    def say(self, words: str) -> None:
        print(f"[{time.monotonic() - self._began:6.1f}] {words}", file=sys.stderr, flush=True)

    def write(self) -> None:
        with self._lock:
            lines = [*self.lines(), "", *table_lines(self.rows)]
            (self._folder / "card.md").write_text("\n".join(lines) + "\n")
            values = {"facts": self.facts, "rows": [dataclasses.asdict(row) for row in self.rows]}
            (self._folder / "card.json").write_text(json.dumps(values, indent=1, default=str))

    def lines(self) -> list[str]:
        described = [f"- {name}: {value}" for name, value in machine.describe()]
        known = [
            f"- {name}: {value}" for name, value in self.facts.items() if "\n" not in str(value)
        ]
        return [*described, *known]
