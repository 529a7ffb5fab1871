"""How far a training is, by steps or by the clock, and what the learning rate is there."""

from __future__ import annotations

import dataclasses
import math
import time


@dataclasses.dataclass
class Schedule:
    """Ends after ``steps`` or after ``seconds``, whichever is reached first; 0 is no limit.

    Seconds count over all pieces of a training that was killed and went on.
    """

    steps: int = 0
    seconds: float = 0.0
    pixel_share: float = 0.6
    """Part of the whole that learns by pixels alone, before the discriminator joins."""
    spent: float = 0.0
    """Seconds of the pieces before this one."""
    began: float = dataclasses.field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if not self.steps and not self.seconds:
            raise ValueError("A training needs a number of steps or of seconds.")
        if not 0 <= self.pixel_share <= 1:
            raise ValueError("The share of learning by pixels is from 0 to 1.")

    @property
    def elapsed(self) -> float:
        return self.spent + time.monotonic() - self.began

    def progress(self, step: int) -> float:
        """0..1."""
        by_steps = step / self.steps if self.steps else 0.0
        by_clock = self.elapsed / self.seconds if self.seconds else 0.0
        return min(1.0, max(by_steps, by_clock))

    def adversarial(self, progress: float) -> bool:
        return progress >= self.pixel_share

    def rate(self, progress: float) -> float:
        """The learning rate's factor: in each part, up for 2 % and then down a half cosine."""
        if self.adversarial(progress):
            part = (progress - self.pixel_share) / max(1e-9, 1 - self.pixel_share)
        else:
            part = progress / self.pixel_share
        warm = min(1.0, 0.05 + part / 0.02)
        return warm * max(0.01, (1 + math.cos(math.pi * part)) / 2)
