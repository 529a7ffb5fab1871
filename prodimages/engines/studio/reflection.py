"""The product's faint mirror image on a polished surface."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.pixels import blur, resize, shrink
from prodimages.engines.studio.shot import Shot
from prodimages.imaging.color import to_linear

STRENGTH = 0.26


def mirrored_product(shot: Shot, table: np.ndarray, first: int) -> np.ndarray:
    """``table`` (rows from ``first`` on, linear) with the product mirrored at its contact line.

    The image is flipped about the lowest pixel, blurred, and fades with distance.
    """
    top, bottom = max(0, shot.product.box[1]), min(shot.product.box[3], shot.height)
    count = min(shot.height - bottom, bottom - top, round(0.32 * (bottom - top)))
    if count < 4 or bottom <= first:
        return table
    part = np.s_[bottom - count : bottom, :]
    alpha = shot.opacity[part][::-1]
    colors = to_linear(_own_colors(shot, part)[::-1])
    small = max(4, count // 3), max(4, shot.width // 3)
    matte = blur(shrink(alpha, small), 1.6)
    light = np.stack([shrink(colors[..., i] * alpha, small) for i in range(3)], axis=-1)
    light = resize(blur(light, 1.6), (count, shot.width))
    matte = resize(matte, (count, shot.width))
    fade = STRENGTH * (1 - np.linspace(0, 1, count, dtype=np.float32)) ** 1.8
    start = bottom - first
    share = np.clip(matte * fade[:, None], 0, 1)[..., None]
    table = table.copy()
    seen = table[start : start + count]
    table[start : start + count] = seen * (1 - share) + np.maximum(light, 0) * fade[:, None, None]
    return table


def _own_colors(shot: Shot, part: tuple[slice, slice]) -> np.ndarray:
    """(h, w, 3) float32 0..1 of the product without what is seen through it."""
    product = shot.product
    colors = product.rgb[part].astype(np.float32) / 255
    if product.seen_through is None:
        return colors
    through = product.seen_through[part] * (np.float32(product.behind) / 255)
    covers = np.maximum(1 - product.seen_through[part].mean(axis=-1), 0.05)[..., None]
    return np.clip((colors - through) / covers, 0, 1)
