"""Brings the kept ring around a product into the tone of what the model painted beyond it."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_WORKING_SIDE = 256
"""Longest side in pixels at which the tone is carried inside; it is smooth."""
_ENOUGH = 0.25
"""Weight of what is known nearby, from which on what is known further off does not count."""


def blended(painted: np.ndarray, scene: np.ndarray, keep: np.ndarray, reach: float) -> np.ndarray:
    """(H, W, 3) float32 0..1: ``painted`` outside ``keep``; inside, the first draft ``scene``,
    which has no product, shifted by the difference of the two beyond the edge.

    The shadow that the draft lays at the product's foot stays, and no trace of the product
    as the model decoded it is left under its soft rim. At the edge the nearest difference
    counts, and ever more of its surroundings the further inside, up to ``reach`` pixels
    around: a step towards the membrane of Farbman et al. (Coordinates for Instant Image
    Cloning, 2009). By the nearest difference alone, a narrow opening such as a mug's ear would
    show facets.
    """
    if not keep.any():
        return painted
    if keep.all():
        return scene
    difference = painted - scene
    distance, nearest = ndimage.distance_transform_edt(keep, return_indices=True)
    at_edge = difference[nearest[0], nearest[1]]
    step = max(1.0, max(keep.shape) / _WORKING_SIDE)
    inside = _carried(difference, keep, step, reach)
    depth = np.clip(distance / (2 * step), 0, 1)[..., None].astype(np.float32)
    shifted = scene + at_edge * (1 - depth) + inside * depth
    return np.where(keep[..., None], np.clip(shifted, 0, 1), painted).astype(np.float32)


def _carried(difference: np.ndarray, keep: np.ndarray, step: float, reach: float) -> np.ndarray:
    """(H, W, 3): what is known of ``difference`` outside ``keep``, and inside of it the mean of
    as small a part of that as has a say, by Gaussians of twice the width each.
    """
    height, width = keep.shape
    size = max(1, round(width / step)), max(1, round(height / step))
    known = _resized((~keep).astype(np.float32), size)
    values = [_resized(difference[..., band] * ~keep, size) for band in range(3)]
    total = max(float(known.mean()), 1e-6)
    result = [np.full(known.shape, float(value.mean()) / total) for value in values]
    widths = [1.0]
    while widths[-1] < max(size):
        widths.append(2 * widths[-1])
    for deviation in reversed(widths):
        weight = ndimage.gaussian_filter(known, deviation, mode="nearest")
        counts = np.clip(weight / _ENOUGH, 0, 1)
        for band, value in enumerate(values):
            mean = ndimage.gaussian_filter(value, deviation, mode="nearest")
            mean /= np.maximum(weight, 1e-6)
            result[band] += counts * (mean - result[band])
    return np.stack([_resized(band, (width, height)) for band in result], axis=-1)


def _resized(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    grows = size[0] > plane.shape[1]
    how = Image.Resampling.BICUBIC if grows else Image.Resampling.BOX
    return np.asarray(image.resize(size, how))
