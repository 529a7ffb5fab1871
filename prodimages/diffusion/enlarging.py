"""Brings what a model painted to the size of the picture."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_FINE = 0.8
"""Pixels of blur where a picture is enlarged twice. It grows with the square: the smaller a model
paints, the less of a grain or a weave its decoder draws, too.
"""
_SOFT = 0.6
"""Pixels of blur of the grain: a single-pixel one looks like noise of a sensor."""


def enlarged(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, 3) float32 0..1 -> (H, W, 3) float32 0..1, ``size`` = (W, H)."""
    if picture.shape[1::-1] == size:
        return picture
    bands = [
        np.asarray(Image.fromarray(picture[..., band]).resize(size, Image.Resampling.LANCZOS))
        for band in range(3)
    ]
    return np.stack(bands, axis=-1).clip(0, 1)


def as_fine(draft: np.ndarray, times: float) -> np.ndarray:
    """(H, W, 3) float32 0..1: no finer than a picture that was enlarged so many times.

    Else the ring around a product, which is kept, would stand out crisp in a soft picture: wood
    would have streaks right around it, and nowhere else.
    """
    if times <= 1:
        return draft
    result: np.ndarray = ndimage.gaussian_filter(draft, (_FINE * (times - 1) ** 2,) * 2 + (0,))
    return result


def with_grain(picture: np.ndarray, deviation: float, seed: int) -> np.ndarray:
    """(H, W, 3) float32 0..1, the same for the same seed.

    ``deviation`` is the standard deviation of what is added at middle gray, the same in all
    channels; black and white stay clean. Soft pictures look drawn without it, and a product
    with its own grain looks pasted on them.
    """
    noise = np.random.default_rng(seed).standard_normal(picture.shape[:2], dtype=np.float32)
    noise = ndimage.gaussian_filter(noise, _SOFT)
    noise *= deviation / max(float(noise.std()), 1e-9)
    value = picture.mean(axis=-1)
    weight = 4 * value * (1 - value)
    result: np.ndarray = (picture + (noise * weight)[..., None]).clip(0, 1).astype(np.float32)
    return result
