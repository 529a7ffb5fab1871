"""Brings the kept ring around a product into the tone of what the model painted beyond it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy import ndimage

_CELL = 5.0
"""Pixels of ``reach`` where the tone is carried inside: it is smooth, and needs no more."""
_LOOKED_AT = 4
"""Times ``reach``, how far beyond what is kept there is something to learn of its tone."""
_ENOUGH = 0.25
"""Weight of what is known nearby, from which on what is known further off does not count."""


def blended(painted: np.ndarray, scene: np.ndarray, keep: np.ndarray, reach: float) -> np.ndarray:
    """(H, W, 3) float32 0..1: ``painted`` outside ``keep``; inside, the first draft ``scene``,
    which has no product, shifted by the difference of the two beyond the edge.

    The shadow that the draft lays at the product's foot stays, and no trace of the product
    as the model decoded it is left under its soft rim. At the edge the nearest difference
    counts, and ever more of its surroundings the further inside, beginning with a fifth of
    ``reach`` pixels: a step towards the membrane of Farbman et al. (Coordinates for Instant Image
    Cloning, 2009). By the nearest difference alone, a narrow opening such as a mug's ear would
    show facets.
    """
    if not keep.any():
        return painted
    if keep.all():
        return scene
    part = _around(keep, round(_LOOKED_AT * reach))
    result = painted.astype(np.float32, copy=True)
    result[part] = _inside(painted[part], scene[part], keep[part], reach)
    return result


def _around(keep: np.ndarray, margin: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(keep.any(axis=1)), np.flatnonzero(keep.any(axis=0))
    return (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )


def _inside(painted: np.ndarray, scene: np.ndarray, keep: np.ndarray, reach: float) -> np.ndarray:
    difference = painted - scene
    distance, nearest = ndimage.distance_transform_edt(keep, return_indices=True)
    step = max(1.0, reach / _CELL)
    near = keep & (distance < 2 * step)
    carried = _carried(difference, keep, step)
    at_edge = difference[nearest[0][near], nearest[1][near]]
    depth = (distance[near] / (2 * step))[..., None].astype(np.float32)
    carried[near] = at_edge * (1 - depth) + carried[near] * depth
    return np.where(keep[..., None], np.clip(scene + carried, 0, 1), painted)


def _carried(difference: np.ndarray, keep: np.ndarray, step: float) -> np.ndarray:
    """(H, W, 3): what is known of ``difference`` outside ``keep``, and inside of it the mean of
    as small a part of that as has a say. It is looked at in cells ``step`` pixels wide.
    """
    height, width = keep.shape
    size = max(1, round(width / step)), max(1, round(height / step))
    known = _resized((~keep).astype(np.float32), size)
    sums = [_resized(difference[..., band] * ~keep, size) for band in range(3)]
    return np.stack([_resized(band, (width, height)) for band in _filled(known, sums)], axis=-1)


def _filled(known: np.ndarray, sums: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Each of ``sums`` over what is ``known``; where too little is, as cells twice as wide say.

    The pull and push of Gortler et al. (The Lumigraph, 1996), with Gaussians.
    """
    weight = ndimage.gaussian_filter(known, 1.0, mode="nearest")
    means = [
        ndimage.gaussian_filter(one, 1.0, mode="nearest") / np.maximum(weight, 1e-6) for one in sums
    ]
    height, width = known.shape
    if max(height, width) <= 1:
        return means
    half = -(-width // 2), -(-height // 2)
    coarser = _filled(_resized(known, half), [_resized(one, half) for one in sums])
    counts = np.clip(weight / _ENOUGH, 0, 1)
    return [
        far + counts * (mean - far)
        for mean, far in zip(
            means, (_resized(one, (width, height)) for one in coarser), strict=True
        )
    ]


def _resized(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    grows = size[0] > plane.shape[1]
    how = Image.Resampling.BICUBIC if grows else Image.Resampling.BOX
    return np.asarray(image.resize(size, how))
