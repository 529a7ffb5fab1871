"""How far a stage has come: by the clock, so that it ends in time on any machine."""

from __future__ import annotations

from collections.abc import Container, Mapping
from time import monotonic


class Clock:
    """Either ``seconds`` of wall time, counted over all runs, or a number of steps."""

    def __init__(self, *, seconds: float | None = None, steps: int | None = None) -> None:
        if (seconds is None) == (steps is None):
            raise ValueError("Either seconds or steps.")
        self._seconds = seconds
        self._steps = steps
        self._before = 0.0
        self._started = monotonic()

    def start(self, before: float = 0.0) -> None:
        """``before``: seconds that earlier runs took."""
        self._before = before
        self._started = monotonic()

    @property
    def elapsed(self) -> float:
        return self._before + monotonic() - self._started

    def progress(self, step: int) -> float:
        """0..1 before step number ``step``."""
        if self._steps is not None:
            return min(1.0, step / self._steps)
        assert self._seconds is not None
        return min(1.0, self.elapsed / self._seconds)


def share(left: float, name: str, shares: Mapping[str, float], waiting: Container[str]) -> float:
    """Seconds that a stage gets of those ``left``, among all that are ``waiting`` from it on."""
    names = list(shares)
    later = [one for one in names[names.index(name) :] if one in waiting]
    return max(left, 1.0) * shares[name] / sum(shares[one] for one in later)
