"""The points of a top by which it is laid on somebody."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.imaging.pose import Point

STATIONS = (0.3, 0.55, 0.8, 1.0)
"""Shares of a sleeve's length at which its width is taken."""
TIP = 0.90
"""How far out the shoulder's end is, as a share of the armpits' distance from the middle."""

Factors = tuple[float, float]
"""Across and down."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sleeve:
    """One sleeve, straightened: stations along its axis, from the seam to the cuff."""

    upper: tuple[Point, ...]
    """The edge that begins at the shoulder's end."""
    lower: tuple[Point, ...]
    """The edge that begins at the armpit."""
    length: float
    """From the seam's middle to the cuff's."""

    def scaled(self, factors: Factors) -> Sleeve:
        return Sleeve(
            upper=_scaled(self.upper, factors),
            lower=_scaled(self.lower, factors),
            length=self.length * factors[0],
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marks:
    """Points in pixels of the garment's photo; pairs are left, right as seen in it."""

    collar: tuple[Point, Point]
    tips: tuple[Point, Point]
    slopes: tuple[Point, Point]
    """On the outline, half-way between a collar's end and the shoulder's."""
    armpits: tuple[Point, Point]
    hem: tuple[Point, Point]
    sides: tuple[tuple[Point, ...], tuple[Point, ...]]
    """Outline between armpit and hem, evenly spaced down."""
    neck_drop: float
    """From the line between the collar's ends down to the front's edge in the middle."""
    sleeves: tuple[Sleeve | None, Sleeve | None]

    @property
    def shoulder_width(self) -> float:
        """As wide as the wearer's shoulders: straps end nearer to the neck than sleeves begin."""
        if any(self.sleeves):
            return float(np.hypot(*np.subtract(self.tips[1], self.tips[0])))
        return TIP * float(np.hypot(*np.subtract(self.armpits[1], self.armpits[0])))

    @property
    def length(self) -> float:
        return (self.hem[0][1] + self.hem[1][1] - self.tips[0][1] - self.tips[1][1]) / 2

    def scaled(self, factors: Factors) -> Marks:
        """The same marks in a photo so many times as wide and as tall."""
        return Marks(
            collar=_scaled(self.collar, factors),
            tips=_scaled(self.tips, factors),
            slopes=_scaled(self.slopes, factors),
            armpits=_scaled(self.armpits, factors),
            hem=_scaled(self.hem, factors),
            sides=tuple(_scaled(side, factors) for side in self.sides),
            neck_drop=self.neck_drop * factors[1],
            sleeves=tuple(sleeve and sleeve.scaled(factors) for sleeve in self.sleeves),
        )


def _scaled(points: tuple[Point, ...], factors: Factors) -> tuple[Point, ...]:
    """A pixel's center stays a center."""
    across, down = factors
    return tuple(((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5) for x, y in points)
