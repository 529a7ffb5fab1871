"""The upper edge of a top: the ends of its shoulders and of its neck's opening."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.fitting.garment.marks import TIP
from prodimages.engines.fitting.garment.outline import Outline
from prodimages.engines.fitting.geometry import SIGNS
from prodimages.imaging.pose import Point


@dataclasses.dataclass(frozen=True)
class Yoke:
    """What lies on the shoulders."""

    roof: np.ndarray
    """(w,) the garment's first row by column; its last one where a column is empty."""
    middle: float
    """The column half-way between the armpits."""
    half: float
    """From there to an armpit, in pixels."""

    def on_roof(self, x: float) -> Point:
        at = int(np.clip(round(x), 1, len(self.roof) - 2))
        return float(at), float(np.median(self.roof[at - 1 : at + 2]))

    def beside(self, side: int, share: float) -> float:
        """The column so much of the way from the middle to an armpit."""
        return self.middle + SIGNS[side] * share * self.half


def yoke_of(outline: Outline, armpits: tuple[Point, Point]) -> Yoke:
    mask, ((left, _row), (right, _other)) = outline.mask, armpits
    roof = np.where(mask.any(axis=0), mask.argmax(axis=0), outline.bottom)
    return Yoke(roof, (left + right) / 2, (right - left) / 2)


def sleeve_start(yoke: Yoke, side: int) -> Point:
    return yoke.on_roof(yoke.beside(side, TIP))


def strap_end(yoke: Yoke, side: int, tall: int) -> Point:
    """The outer end of what lies on the shoulder: the outermost column that is nearly highest."""
    out = SIGNS[side] * np.arange(0.2 * yoke.half, 0.95 * yoke.half)
    columns = np.round(yoke.middle + out).astype(int)
    columns = columns[(columns >= 0) & (columns < len(yoke.roof))]
    high = yoke.roof[columns] <= yoke.roof[columns].min() + 0.05 * tall
    return yoke.on_roof(float(columns[np.flatnonzero(high)[-1]]))


def collar_of(yoke: Yoke, tips: tuple[Point, Point]) -> tuple[Point, Point]:
    """The ends of the neck's opening: the peaks of the outline to both sides of the middle."""
    return _collar_end(yoke, 0, tips[0]), _collar_end(yoke, 1, tips[1])


def _collar_end(yoke: Yoke, side: int, tip: Point) -> Point:
    roof, half = yoke.roof, yoke.half
    inner, expected = yoke.beside(side, 0.16), yoke.beside(side, 0.36)
    near, far = sorted((inner, yoke.beside(side, 0.52)))
    span = np.arange(int(np.ceil(near)), int(np.floor(far)) + 1)
    span = span[(span >= 0) & (span < len(roof))]
    at = int(span[np.argmin(roof[span])])
    if abs(at - inner) < 0.05 * half:  # a hood or a standing collar
        at = round(expected)
    end = (float(at), float(roof[at]))
    # A hood rises far over the shoulders, where no collar is.
    return (expected, tip[1] - 0.3 * half) if tip[1] - end[1] > 0.55 * half else end
