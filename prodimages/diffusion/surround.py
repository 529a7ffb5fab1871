"""Brings the kept ring around a product into the tone of what the model painted beyond it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def blended(painted: np.ndarray, scene: np.ndarray, keep: np.ndarray, reach: float) -> np.ndarray:
    """(H, W, 3) float32 0..1: ``painted`` outside ``keep``; inside, the first draft ``scene``,
    which has no product, shifted by the difference of the two beyond the edge.

    The shadow that the draft lays at the product's foot stays, and no trace of the product
    as the model decoded it is left under its soft rim. At the edge the nearest difference
    counts, ``reach`` pixels further in their mean: a first step towards the membrane of
    Farbman et al. (Coordinates for Instant Image Cloning, 2009).
    """
    if not keep.any():
        return painted
    if keep.all():
        return scene
    difference = painted - scene
    distance, nearest = ndimage.distance_transform_edt(keep, return_indices=True)
    at_edge = difference[nearest[0], nearest[1]]
    outside = (~keep).astype(np.float32)
    weight = ndimage.gaussian_filter(outside, reach, mode="nearest")
    mean = np.stack(
        [
            ndimage.gaussian_filter(difference[..., band] * outside, reach, mode="nearest")
            for band in range(3)
        ],
        axis=-1,
    )
    known = weight > 1e-3  # far inside a product nothing is near enough, nor ever seen
    mean = np.where(known[..., None], mean / np.maximum(weight, 1e-3)[..., None], at_edge)
    depth = np.clip(distance / reach, 0, 1)[..., None].astype(np.float32)
    shifted = scene + at_edge * (1 - depth) + mean * depth
    return np.where(keep[..., None], np.clip(shifted, 0, 1), painted).astype(np.float32)
