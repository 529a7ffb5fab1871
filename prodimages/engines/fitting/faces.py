"""Counts frontal faces, by the cascade of local binary patterns that scikit-image ships.

It finds upright faces that look into the camera; profiles, faces that look down or are half
covered, and many drawn ones it does not. Zhang et al.: Face Detection Based on Multi-Block LBP
Representation (2007).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from PIL import Image

from prodimages.engines.fitting.geometry import Box

_SIDE = 512
_LEAST = 0.05
"""Share of the shorter side under which a face belongs to nobody who tries something on."""
_NEIGHBORS = 12
"""Windows that must agree on a face; with fewer, stripes and folds pass for faces as well."""
_PEER = 0.5
"""A face under this share of the largest is a person far behind, a print or a mistake."""


def available() -> bool:
    try:
        _cascade()
    except ImportError:
        return False
    return True


@functools.cache
def _cascade() -> Any:
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    return Cascade(str(lbp_frontal_face_cascade_filename()))  # type: ignore[no-untyped-call]


def find_faces(rgb: np.ndarray) -> list[Box]:
    """Boxes of frontal faces in pixels, the largest first. Raises ImportError without the extra."""
    cascade = _cascade()
    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))
    least = max(24, round(_LEAST * min(size)))
    found = cascade.detect_multi_scale(
        img=small,
        scale_factor=1.1,
        step_ratio=1,
        min_size=(least, least),
        max_size=(max(size), max(size)),
        min_neighbor_number=_NEIGHBORS,
    )
    boxes = [
        (
            face["c"] / scale,
            face["r"] / scale,
            (face["c"] + face["width"]) / scale,
            (face["r"] + face["height"]) / scale,
        )
        for face in found
    ]
    boxes.sort(key=lambda box: box[0] - box[2])
    return [box for box in _apart(boxes) if box[2] - box[0] >= _PEER * (boxes[0][2] - boxes[0][0])]


def _apart(boxes: list[Box]) -> list[Box]:
    """Without boxes that lie in a larger one."""
    kept: list[Box] = []
    for left, top, right, bottom in boxes:
        x, y = (left + right) / 2, (top + bottom) / 2
        if not any(a < x < c and b < y < d for a, b, c, d in kept):
            kept.append((left, top, right, bottom))
    return kept
