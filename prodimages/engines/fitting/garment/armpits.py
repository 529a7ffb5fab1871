"""Where a top's sleeves begin below, and whether it has any."""

from __future__ import annotations

import numpy as np

from prodimages.engines.fitting.garment.outline import Outline
from prodimages.engines.fitting.geometry import SIGNS
from prodimages.imaging.pose import Point

_JUMP = 0.045
"""Share of the width by which the outline jumps outward where a sleeve begins."""


def armpits_of(outline: Outline) -> tuple[tuple[Point, Point], bool]:
    """Both armpits, and whether there are sleeves: one that was not seen mirrors the other;
    without any the garment has no sleeves, and its armholes' lower ends are returned.
    """
    left, right = (_seen(outline, side) for side in (0, 1))
    if left and right and abs(left[1] - right[1]) > 0.25 * (outline.hem - outline.top):
        low = max(left, right, key=lambda pit: pit[1])  # the upper one was a fold
        left, right = (low, None) if low[0] < outline.middle else (None, low)
    if left and right:
        return (left, right), True
    if left:
        return (left, _mirrored(outline, left)), True
    if right:
        return (_mirrored(outline, right), right), True
    return _armholes(outline), False


def _seen(outline: Outline, side: int) -> Point | None:
    """Where, on the way up from the hem, the outline jumps outward; None where it does not."""
    edge, sign = outline.edges[side], SIGNS[side]
    left, right = outline.edges
    top, hem = outline.top, outline.hem
    tall, width = hem - top, right[hem] - left[hem]
    reach = max(2, round(0.02 * tall))
    for row in range(hem - round(0.12 * tall), top + round(0.06 * tall), -1):
        before = float(np.median(edge[row : row + 4 * reach])) * sign
        if edge[row - reach] * sign - before > _JUMP * width + 0.5 * reach:
            return float(np.median(edge[row : row + 2 * reach])), float(row - reach // 2)
    return None


def _mirrored(outline: Outline, pit: Point) -> Point:
    (left, _row), (right, _same) = outline.hem_ends
    return left + right - pit[0], float(round(pit[1]))


def _armholes(outline: Outline) -> tuple[Point, Point]:
    """They end where the garment is widest in its upper part."""
    left, right = outline.edges
    top, tall = outline.top, outline.hem - outline.top
    upper = slice(top + round(0.16 * tall), top + round(0.5 * tall))
    wide = (right - left)[upper]
    row = int(upper.start + np.argmax(wide > 0.96 * wide.max()))
    return (float(left[row]), float(row)), (float(right[row]), float(row))
