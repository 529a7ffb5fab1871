"""The shadow and the bounce of a product as a layer: what a model darkens and tints around it,
laid under the product on a surface that something else rendered.

A model that paints a few pixels knows light better than detail. The ratio of its pictures with
and without the product holds the light alone, and as light is smooth it may be enlarged.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_SMOOTH = 1.5
"""Pixels of blur, of the painted size: what differs in detail is the model's own noise."""
_FAR = 0.2
"""Share of the picture's width from the product, beyond which nothing is taken to change."""
_LEAST, _MOST = 0.15, 1.25
_DARKEST = 0.01


def shading(with_product: np.ndarray, without: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 factors of linear light, 1 where the product changes nothing.

    Both pictures are (h, w, 3) linear, painted from the same noise; ``cover`` (h, w) bool is where
    the product is, and its light is not known: there the nearest factor outside goes on.
    """
    lights = [_blurred_outside(one, cover) for one in (with_product, without)]
    ratio = (lights[0] + _DARKEST) / (lights[1] + _DARKEST)
    distance, nearest = ndimage.distance_transform_edt(cover, return_indices=True)
    ratio = np.where((distance > 0)[..., None], ratio[nearest[0], nearest[1]], ratio)
    away = ndimage.distance_transform_edt(~cover) / cover.shape[1]
    far = away > _FAR
    if far.any():  # two paintings drift apart as a whole, too
        ratio = ratio / np.median(ratio[far], axis=0)
    near = np.clip(1 - away / _FAR, 0, 1)[..., None] ** 0.5
    result: np.ndarray = (1 + (ratio.clip(_LEAST, _MOST) - 1) * near).astype(np.float32)
    return result


def shaded(surface: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """(H, W, 3) linear light of the ``surface`` under (h, w, 3) factors, enlarged smoothly."""
    size = surface.shape[1::-1]
    bands = [
        np.asarray(Image.fromarray(factors[..., band]).resize(size, Image.Resampling.BICUBIC))
        for band in range(3)
    ]
    result: np.ndarray = (surface * np.stack(bands, axis=-1).clip(0)).astype(np.float32)
    return result


def _blurred_outside(picture: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """A mean over what lies outside of the product only, so that its color does not leak."""
    weight = ndimage.gaussian_filter((~cover).astype(np.float32), _SMOOTH)
    bands = [
        ndimage.gaussian_filter(picture[..., band] * ~cover, _SMOOTH) / np.maximum(weight, 1e-3)
        for band in range(3)
    ]
    return np.stack(bands, axis=-1)
