"""The person's trunk as a coordinate system: down from the shoulders to the hips, and across."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.fitting.geometry import unit
from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Frame:
    """All in pixels of the canvas."""

    shoulders: np.ndarray
    """(2,) half-way between them."""
    hips: np.ndarray
    """(2,) half-way between them."""
    down: np.ndarray
    """Unit vector from between the shoulders to between the hips."""
    across: np.ndarray
    """Unit vector from the left shoulder to the right one."""
    span: float
    """Between the shoulders."""

    def share(self, row: float) -> float:
        """How far down a row is: 0 at the shoulders, 1 at the hips."""
        tall = max(self.hips[1] - self.shoulders[1], 1.0)
        return float((row - self.shoulders[1]) / tall)

    def middle(self, row: float) -> float:
        """The column of the trunk's middle in a row."""
        aside = self.hips[0] - self.shoulders[0]
        return float(self.shoulders[0] + self.share(row) * aside)


def frame_of(person: Person) -> Frame:
    points = person.points
    shoulders = np.add(points["left_shoulder"], points["right_shoulder"]) / 2
    hips = np.add(points["left_hip"], points["right_hip"]) / 2
    return Frame(
        shoulders=shoulders,
        hips=hips,
        down=unit(hips - shoulders),
        across=unit(np.subtract(points["right_shoulder"], points["left_shoulder"])),
        span=person.span,
    )
