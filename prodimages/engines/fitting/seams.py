"""Which part of a garment is trunk and which is sleeve, by the line from shoulder to armpit.

Both parts overlap at the seam, so that no gap opens where they are bent apart.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.fitting.garment.marks import Marks
from prodimages.engines.fitting.geometry import SIGNS


def of_trunk(alpha: np.ndarray, marks: Marks) -> np.ndarray:
    """(h, w) float32: the garment without its sleeves; it fades out a little beyond the seams."""
    part = alpha.astype(np.float32)
    for side, sleeve in enumerate(marks.sleeves):
        if sleeve is not None:
            part = part * _inside(_seam(alpha.shape, marks, side), marks, side)
    return part


def of_sleeve(alpha: np.ndarray, marks: Marks, side: int) -> np.ndarray:
    """(h, w) float32: one sleeve, likewise."""
    seam = _seam(alpha.shape, marks, side)
    outside = np.clip((seam.outward + seam.lap) / seam.soft, 0, 1)
    return alpha.astype(np.float32) * (outside * _on_side(seam.x, marks, side))


@dataclasses.dataclass(frozen=True)
class _Seam:
    """Arrays (h, w), in pixels of the photo."""

    x: np.ndarray
    y: np.ndarray
    outward: np.ndarray
    """Distance from the seam, over 0 toward the cuff."""
    lap: np.ndarray
    """How far both parts reach over it."""
    soft: float
    """How far they take to fade out."""


def _seam(shape: tuple[int, ...], marks: Marks, side: int) -> _Seam:
    (tx, ty), (px, py) = marks.tips[side], marks.armpits[side]
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    length = max(float(np.hypot(px - tx, py - ty)), 1e-6)
    outward = ((x - tx) * (py - ty) - (y - ty) * (px - tx)) * SIGNS[side] / length
    # None at the armpit, where what laps over would stick out below the sleeve.
    up = np.clip(((x - px) * (tx - px) + (y - py) * (ty - py)) / length**2, 0, 1)
    lap = 0.09 * length * np.clip(2 * up, 0, 1)
    return _Seam(x, y, outward, lap, soft=max(1.0, 0.02 * length))


def _inside(seam: _Seam, marks: Marks, side: int) -> np.ndarray:
    above = np.clip((seam.lap - seam.outward) / seam.soft, 0, 1)
    # Under the armpit the trunk ends where its side does, whatever the sleeve does beyond it.
    outline = [marks.armpits[side], *marks.sides[side], marks.hem[side]]
    columns, rows = zip(*outline, strict=True)
    edge = np.interp(seam.y, rows, columns)
    margin = 0.03 * abs(marks.hem[1][0] - marks.hem[0][0])
    below = np.clip((margin - (seam.x - edge) * SIGNS[side]) / seam.soft, 0, 1)
    below = np.where(_on_side(seam.x, marks, side) > 0, below, 1.0)
    return np.where(seam.y > marks.armpits[side][1], below, above).astype(np.float32)


def _on_side(x: np.ndarray, marks: Marks, side: int) -> np.ndarray:
    middle = (marks.armpits[0][0] + marks.armpits[1][0]) / 2
    return ((x - middle) * SIGNS[side] > 0).astype(np.float32)
