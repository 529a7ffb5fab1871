"""Whether the shadow lies where the product throws it: painted against path-traced."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

DARKER = 0.8
"""Share of the light below which a pixel counts as shaded."""
_LEAST = 1e-3


def shadow_of(with_product: np.ndarray, without: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """(H, W) float: the ratio of linear light with and without the product, outside of it.

    Pictures are (H, W, 3) linear; ``cover`` (H, W) 0..1 is where the product is, with 1 there.
    """
    ratio = with_product.sum(axis=-1) / np.maximum(without.sum(axis=-1), _LEAST)
    smooth = ndimage.gaussian_filter(ratio, 1.0)
    result: np.ndarray = np.where(cover > 0.02, 1.0, smooth)
    return result


def overlap(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Intersection over union of what is shaded in two ratios, 0..1; 1 where neither is."""
    a, b = ours < DARKER, theirs < DARKER
    union = (a | b).sum()
    return float((a & b).sum() / union) if union else 1.0


def direction(ratio: np.ndarray, cover: np.ndarray) -> float | None:
    """Degrees from the product's middle to that of its shadow, weighed by depth; None for none."""
    depth = np.where(ratio < DARKER, 1 - ratio, 0)
    if depth.sum() < 1 or cover.sum() < 1:
        return None
    foot = _middle(cover)
    dark = _middle(depth)
    return float(np.degrees(np.arctan2(dark[0] - foot[0], dark[1] - foot[1])))


def angle_error(ours: float | None, theirs: float | None) -> float | None:
    """0..180 degrees."""
    if ours is None or theirs is None:
        return None
    return abs((ours - theirs + 180) % 360 - 180)


def _middle(weights: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(weights.shape)
    total = weights.sum()
    return float((rows * weights).sum() / total), float((columns * weights).sum() / total)
