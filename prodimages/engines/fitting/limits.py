"""Where a fitted garment ends: at its own neckline, and at the outline of the shoulders."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.garment.marks import Marks
from prodimages.engines.fitting.trunk import Pairs
from prodimages.engines.fitting.wearer.person import Person


def opening_of(marks: Marks, person: Person, scale: float, trunk: Pairs) -> np.ndarray:
    """(H, W) bool: the half ellipse below the collar's ends, and all that lies above it between
    them.
    """
    span = person.span
    (ax, ay), (bx, by) = (trunk.place_of(end) for end in marks.collar)
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    half = max((bx - ax) / 2, 1.0)
    drop = float(np.clip(marks.neck_drop * scale, 0.10 * span, 0.62 * span))
    across = (x - (ax + bx) / 2) / (half * 0.97)
    base = ay + (by - ay) * (x - ax) / max(bx - ax, 1.0)
    depth = drop * np.sqrt(np.clip(1 - across**2, 0, 1))
    # Above the collar's ends it is as narrow as the neck.
    rise = np.clip((base - y) / (0.12 * span), 0, 1)
    wide = 1 + (min(0.17 * span / half, 1) - 1) * rise
    return (np.abs(across) < wide) & (y < base + depth) & (y > base - 0.9 * span)


def under_roof(person: Person) -> np.ndarray:
    """(H, W) float32: 0 above the outline of the shoulders, where a spline may throw the end of a
    strap, else 1.
    """
    height, width = person.alpha.shape
    own = (person.alpha > 0.5) & ~person.protected
    roof = np.where(own.any(axis=0), own.argmax(axis=0), 0).astype(np.float32)
    roof = ndimage.median_filter(roof, max(3, round(0.05 * person.span)))
    roof = np.where(_on_slopes(person, np.arange(width)), roof - 0.03 * person.span, 0)
    rows = np.arange(height, dtype=np.float32)[:, None]
    return np.clip(rows - roof[None] + 0.5, 0, 1).astype(np.float32)


def _on_slopes(person: Person, columns: np.ndarray) -> np.ndarray:
    """Which columns lie between the neck and a shoulder's end."""
    points, span = person.points, person.span
    beside_neck = np.abs(columns - points["neck"][0]) > 0.24 * span
    after_left = columns > points["left_shoulder"][0] - 0.02 * span
    before_right = columns < points["right_shoulder"][0] + 0.02 * span
    return np.asarray(beside_neck & after_left & before_right)
