"""Holds what a network enlarged to the photo that it was given."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_ROUNDS = 2
_STEEP = {2: 1.4, 4: 2.0}
"""By factor: how much steeper a plain outline becomes, as the colors beside it do."""


def held_to(photo: np.ndarray, enlarged: np.ndarray) -> np.ndarray:
    """``enlarged`` (float, 0..1), changed so that scaled back it is ``photo`` (float, 0..1).

    Irani, Peleg: Improving Resolution by Image Registration (1991): what is left over after
    scaling back is enlarged smoothly and added. It takes away a network's color cast and what
    it made up against the photo, and gives back the grain that it took for noise.
    """
    height, width = photo.shape[:2]
    large, size = enlarged, (enlarged.shape[1], enlarged.shape[0])
    for _round in range(_ROUNDS):
        missing = photo - resized(large, (width, height))
        large = large + resized(missing, size, Image.Resampling.BICUBIC)
    return large


def resized(
    values: np.ndarray, size: tuple[int, int], how: Image.Resampling = Image.Resampling.BOX
) -> np.ndarray:
    """(H, W, 3) float32 brought to ``size`` (W, H), each pixel the mean of those it covers."""
    planes = (np.ascontiguousarray(values[..., band], dtype=np.float32) for band in range(3))
    return np.stack([np.asarray(Image.fromarray(p).resize(size, how)) for p in planes], axis=-1)


def enlarged_alpha(alpha: np.ndarray, factor: int) -> np.ndarray:
    """(H, W) float32 in 0..1 -> (H * factor, W * factor).

    Where product meets background within two pixels the rim is made steeper: enlarged as it
    is, it would be a halo around sharp colors. What is transparent by nature stays so.
    """
    height, width = alpha.shape
    size = width * factor, height * factor
    large = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BICUBIC)).clip(0, 1)
    plain = (ndimage.maximum_filter(alpha, 5) > 0.95) & (ndimage.minimum_filter(alpha, 5) < 0.05)
    where = np.asarray(Image.fromarray(plain).resize(size, Image.Resampling.NEAREST))
    steep = ((large - 0.5) * _STEEP[factor] + 0.5).clip(0, 1)
    return np.where(where, steep, large).astype(np.float32)
