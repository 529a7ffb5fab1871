"""Resizing and blurring of float arrays."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.threads import side_by_side

_WORTH_A_THREAD = 100_000
"""Pixels of a plane."""


def resize(field: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) or (h, w, c) float32 -> the same at ``shape`` (height, width), bicubic."""
    if field.ndim == 3:
        return np.stack([resize(field[..., i], shape) for i in range(field.shape[2])], axis=-1)
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))


def shrink(field: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) float32 -> area average at ``shape`` (height, width)."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BOX))


def blur(field: np.ndarray, sigma: float | tuple[float, float]) -> np.ndarray:
    """Gaussian blur of (h, w) or (h, w, c) along rows and columns; edges are repeated."""
    across = (sigma, sigma) if isinstance(sigma, (int, float)) else sigma

    def plane(values: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(values, across, mode="nearest", truncate=3.0)

    if field.ndim == 2:
        return plane(field)
    planes = [np.ascontiguousarray(field[..., i]) for i in range(field.shape[2])]
    if planes[0].size < _WORTH_A_THREAD:
        return np.stack([plane(one) for one in planes], axis=-1)
    return np.stack(side_by_side(plane, planes), axis=-1)


def blur_widely(plane: np.ndarray, sigma: float) -> np.ndarray:
    """``blur`` of (h, w), on a grid as coarse as ``sigma`` in pixels allows; never below 0.

    At the edges what is repeated is a cell's mean, not the last pixel.
    """
    cells = max(1, int(sigma // 8))
    if cells == 1:
        return blur(plane, sigma)
    height, width = plane.shape
    shape = -(-height // cells), -(-width // cells)
    soft = blur(shrink(plane, shape), (sigma * shape[0] / height, sigma * shape[1] / width))
    image = Image.fromarray(np.ascontiguousarray(soft, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


def blur_by_row(image: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Blur each row of (h, w, 3) by its own (h,) sigma in pixels, between four levels."""
    strongest = float(sigmas.max())
    if strongest < 0.3:
        return image
    levels = strongest * np.array([0.0, 0.3, 0.6, 1.0])
    out = image.copy()
    previous = image
    for index, (low, high) in enumerate(itertools.pairwise(levels)):
        # This level's blur serves its own rows and those of the next, which start from it.
        above = levels[min(index + 2, len(levels) - 1)]
        rows = np.flatnonzero((sigmas > low) & (sigmas <= above + 1e-6))
        if not rows.size:
            continue
        margin = int(3 * high) + 2
        start, stop = max(rows[0] - margin, 0), min(rows[-1] + margin + 1, len(image))
        current = np.empty_like(image)
        current[start:stop] = blur(image[start:stop], float(high))
        inside = rows[sigmas[rows] <= high + 1e-6]
        share = ((sigmas[inside] - low) / (high - low)).astype(np.float32)[:, None, None]
        out[inside] = previous[inside] + (current[inside] - previous[inside]) * share
        previous = current
    return out
