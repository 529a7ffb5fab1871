"""The product's own colors in the soft rim, where the photo mixes in the background."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_SOLID = 0.995
_WORKING_SIDE = 800
"""Longest side at which the local means are taken; they are smooth, so larger gains nothing."""


def estimate_foreground(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 photo and (H, W) alpha -> (H, W, 3) uint8 foreground colors.

    Blur fusion, two passes: Forte: Approximate Fast Foreground Colour Estimation (2021).
    Pixels that are solid keep the photo's color exactly; what is fully transparent is
    left as it was.
    """
    result = rgb.copy()
    rim = (alpha > 0) & (alpha < _SOLID)
    if not rim.any():
        return result
    fore, back = (_sampled(layer, rim) for layer in _layers(*_at_working_size(rgb, alpha)))
    weight = alpha[rim][:, None]
    error = rgb[rim] / np.float32(255) - weight * fore - (1 - weight) * back
    result[rim] = np.rint((fore + weight * error).clip(0, 1) * 255).astype(np.uint8)
    return result


def _at_working_size(rgb: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = alpha.shape
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
    matte = Image.fromarray(alpha).resize(size, Image.Resampling.BOX)
    return np.asarray(photo, dtype=np.float32) / 255, np.asarray(matte)


def _layers(photo: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The local means of the foreground and of the background around each pixel."""
    reach = max(4, round(max(alpha.shape) / 160))
    weight = alpha[..., None]
    fore, back = _near(photo, photo, weight, 4 * reach)
    error = photo - weight * fore - (1 - weight) * back
    return _near((fore + weight * error).clip(0, 1), back, weight, reach)


def _sampled(layer: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """``layer`` at the pixels of the full-size mask ``rim``, as (N, 3)."""
    rows, columns = np.nonzero(rim)
    down, across = layer.shape[0] / rim.shape[0], layer.shape[1] / rim.shape[1]
    return layer[(rows * down).astype(int), (columns * across).astype(int)]


def _near(
    fore: np.ndarray, back: np.ndarray, weight: np.ndarray, radius: int
) -> tuple[np.ndarray, np.ndarray]:
    return (
        _weighted_mean(fore, _trust(weight), radius),
        _weighted_mean(back, _trust(1 - weight), radius),
    )


def _trust(share: np.ndarray) -> np.ndarray:
    """How much a pixel counts that holds ``share`` of the wanted layer.

    Steeper than the paper's plain share: half-mixed pixels are counted only where
    nothing purer is near.
    """
    return share**8 + np.float32(1e-4) * share


def _weighted_mean(values: np.ndarray, weight: np.ndarray, radius: int) -> np.ndarray:
    size = (2 * radius + 1, 2 * radius + 1, 1)
    total = ndimage.uniform_filter(weight, size, mode="nearest")
    return ndimage.uniform_filter(values * weight, size, mode="nearest") / np.maximum(total, 1e-7)
