"""Whether a photo shows the far edge of what its product stands on: a shelf, a table, a floor."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.color import lab

_SIDE = 256
"""Longest side in pixels at which the photo is looked at."""
_CLEAR = 3
"""Pixels around the product that hold its rim and its shadow's core."""
_LEAST_STRIP = 0.06
"""Of the photo's width that must be seen at either side."""
_NEAR, _WIDE = 4, 0.08
"""How far above and below an edge is compared: pixels, and share of the height."""
_LEAST_STEP = 8.0
"""In CIELAB, from what is behind to what carries the product."""
_LEAST_AGREEMENT = 0.75
_MOST_TILT = 0.04
"""Between the edge's rows at the left and at the right, as a share of the height."""
_REACH = 0.3
"""How far above the product's top the edge may lie, as a share of the product's height."""


def far_edge(rgb: np.ndarray, alpha: np.ndarray) -> float | None:
    """Where, as a share of the height from above, an edge runs behind the product from side to
    side; None without one.

    ``rgb`` (H, W, 3) uint8 and its (H, W) cut-out. On both sides of the product one color
    has to give way to another at about one row, over nearly all columns, and to stay: joints
    of planks and tiles are lines and no steps. It lies above the row on which the product
    ends, so that the product stands on what is below.
    """
    photo, matte = _reduced(rgb, alpha)
    box = bounding_box(matte, 0.5)
    if box is None:
        return None
    height, width = matte.shape
    left, top, right, bottom = box
    tall = bottom - top
    rows = range(
        max(_NEAR, round(top - _REACH * tall)), min(height - _NEAR, round(bottom - 0.05 * tall))
    )
    strips = np.s_[: max(0, left - _CLEAR)], np.s_[right + _CLEAR :]
    colors = ndimage.gaussian_filter(lab(photo).astype(np.float32), (1, 1, 0))
    found = [_step(colors[:, strip], rows) for strip in strips]
    if any(width * _LEAST_STRIP > colors[:, strip].shape[1] for strip in strips):
        return None
    (one, change), (other, its_change) = found
    if one is None or other is None or abs(one - other) > _MOST_TILT * height + 1:
        return None
    if change @ its_change < 0.7 * np.linalg.norm(change) * np.linalg.norm(its_change):
        return None
    return round((one + other) / 2 / height, 3)


def _step(colors: np.ndarray, rows: range) -> tuple[int | None, np.ndarray]:
    """The row with the clearest step in an (h, w, 3) CIELAB strip, and the change there."""
    best, where, change = 0.0, None, np.zeros(3)
    if not colors.shape[1]:
        return where, change
    reach = max(_NEAR + 2, round(_WIDE * len(colors)))
    for row in rows:
        steps = colors[row : row + _NEAR].mean(0) - colors[row - _NEAR : row].mean(0)
        mean = np.median(steps, axis=0)
        strength = float(np.linalg.norm(mean))
        if strength < max(best, _LEAST_STEP):
            continue
        agreement = np.mean(steps @ mean > 0.5 * strength**2)
        below, above = colors[row : row + reach], colors[max(0, row - reach) : row]
        lasting = np.median(below, (0, 1)) - np.median(above, (0, 1))
        if agreement >= _LEAST_AGREEMENT and lasting @ mean > 0.6 * strength**2:
            best, where, change = strength, row, mean
    return where, change


def _reduced(rgb: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
    matte = Image.fromarray(alpha.astype(np.float32)).resize(size, Image.Resampling.BOX)
    return np.asarray(photo), np.asarray(matte)
