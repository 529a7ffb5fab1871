"""Choices by lot, quick enough for millions of captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Facts = Mapping[str, Any]
"""What is known of a record, by the names of ``facts.scene_facts``."""
_BATCH = 48


class Lot:
    """Draws from a NumPy generator a batch of numbers at a time: one call costs a microsecond."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._numbers: list[float] = []

    def number(self) -> float:
        """0 <= x < 1"""
        if not self._numbers:
            self._numbers = self._rng.random(_BATCH).tolist()
        return self._numbers.pop()

    def chance(self, share: float) -> bool:
        return self.number() < share

    def below(self, count: int) -> int:
        return int(self.number() * count)

    def one(self, choices: Sequence[str]) -> str:
        return choices[int(self.number() * len(choices))]

    def shuffle(self, items: list[Any]) -> None:
        """In place (Fisher and Yates)."""
        for at in range(len(items) - 1, 0, -1):
            other = self.below(at + 1)
            items[at], items[other] = items[other], items[at]
