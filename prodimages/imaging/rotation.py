"""Turns a product about its middle, in the one resampling that also scales it."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from prodimages.imaging.alpha import weighted

_FINE = 2
"""Sampled so many times finer than wanted, then reduced: cubic interpolation blurs only
what is near the sampling limit.
"""
_PAD = 8
"""Pixels of the photo's side kept around the crop, for the filters' reach."""

Box = tuple[int, int, int, int]
Point = tuple[float, float]
Extent = tuple[float, float, float, float]


def turned_extent(alpha: np.ndarray, source: Box, degrees: float) -> Extent:
    """How far the product reaches from the middle of its box once it is turned.

    ``source`` is the box of the product in the (H, W) ``alpha``; ``degrees`` count
    clockwise. Returns left, top (negative), right, bottom in the photo's pixels.
    """
    left, top, right, bottom = source
    if not degrees:
        half = (right - left) / 2, (bottom - top) / 2
        return -half[0], -half[1], half[0], half[1]
    visible = alpha[top:bottom, left:right] > 0.05
    rows = np.flatnonzero(visible.any(axis=1))
    first = visible[rows].argmax(axis=1)
    last = visible.shape[1] - visible[rows, ::-1].argmax(axis=1)
    x = np.concatenate([first, first, last, last]) - visible.shape[1] / 2
    y = np.concatenate([rows, rows + 1, rows, rows + 1]) - visible.shape[0] / 2
    cosine, sine = _turn(degrees)
    across, down = cosine * x - sine * y, sine * x + cosine * y
    return float(across.min()), float(down.min()), float(across.max()), float(down.max())


def resample_turned(
    rgb: np.ndarray,
    alpha: np.ndarray,
    crop: Box,
    *,
    degrees: float,
    scale: float,
    pivot: Point,
    target: Point,
    size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Scale what is in ``crop`` and turn it clockwise, so that ``pivot`` falls on ``target``.

    ``pivot`` counts in the picture's pixels, ``target`` in those of the result, whose
    ``size`` is (W, H). Straight (H, W, 3) uint8 and (H, W) float32, like ``alpha.resample``.
    """
    left, top, right, bottom = crop
    part = np.s_[top:bottom, left:right]
    colors = np.pad(rgb[part], ((_PAD, _PAD), (_PAD, _PAD), (0, 0)), mode="edge")
    matte = np.pad(alpha[part], _PAD)
    # What is made much smaller is reduced first, by the filter that keeps it from aliasing.
    shrink = min(1.0, _FINE * scale)
    height, width = matte.shape
    reduced = max(1, round(width * shrink)), max(1, round(height * shrink))
    across, down = reduced[0] / width, reduced[1] / height
    cosine, sine = _turn(degrees)
    step = 1 / (_FINE * scale)
    start_x, start_y = pivot[0] - left + _PAD, pivot[1] - top + _PAD
    x, y = target[0] / scale, target[1] / scale
    coefficients = (
        across * cosine * step,
        across * sine * step,
        across * (start_x - cosine * x - sine * y),
        -down * sine * step,
        down * cosine * step,
        down * (start_y + sine * x - cosine * y),
    )
    fine = size[0] * _FINE, size[1] * _FINE

    def plane(values: np.ndarray) -> np.ndarray:
        image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
        if reduced != image.size:
            image = image.resize(reduced, Image.Resampling.LANCZOS)
        image = image.transform(
            fine, Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC
        )
        return np.asarray(image.resize(size, Image.Resampling.LANCZOS))

    return weighted(colors, matte, plane)


def _turn(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)
