"""What a benchmark hands back, and how a time is taken."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    value: float
    unit: str
    target: float | None = None
    higher_is_better: bool = False
    least: float | None = None
    most: float | None = None
    """The smallest and the largest of the runs whose median ``value`` is."""
    processor: float | None = None
    """The same by processor time, which other programs on the machine hardly change."""
    baseline: float | None = None
    baseline_is: str = ""
    """What ``baseline``, in the same unit, was measured on in the same run."""
    note: str = ""

    def meets(self, value: float | None) -> bool:
        """Whether ``value``, in place of the median, would meet the target."""
        if value is None or self.target is None:
            return False
        return value >= self.target if self.higher_is_better else value <= self.target

    @property
    def holds(self) -> str:
        """``yes``, ``NO``, or ``by processor`` when others on the machine may be to blame."""
        if self.target is None:
            return ""
        if self.meets(self.value):
            return "yes"
        return "by processor" if self.meets(self.processor) else "NO"


@dataclasses.dataclass(frozen=True)
class Seconds:
    wall: float
    processor: float
    """Of all threads of this process, and so up to as many a second as there are cores."""


def timed(function: Callable[[], object]) -> Seconds:
    wall, processor = time.perf_counter(), time.process_time()
    function()
    return Seconds(time.perf_counter() - wall, time.process_time() - processor)


def median_row(
    what: str,
    samples: Sequence[Seconds],
    unit: str = "s",
    *,
    convert: Callable[[float], float] = lambda seconds: seconds,
    target: float | None = None,
    higher_is_better: bool = False,
    baseline: Sequence[Seconds] = (),
    baseline_is: str = "",
    note: str = "",
) -> Row:
    """A row of the medians; ``convert`` brings seconds to ``unit``."""
    walls = [convert(sample.wall) for sample in samples]
    plain = [convert(sample.wall) for sample in baseline]
    return Row(
        what=what,
        value=statistics.median(walls),
        unit=unit,
        target=target,
        higher_is_better=higher_is_better,
        least=min(walls),
        most=max(walls),
        processor=statistics.median(convert(sample.processor) for sample in samples),
        baseline=statistics.median(plain) if plain else None,
        baseline_is=baseline_is,
        note=note,
    )
