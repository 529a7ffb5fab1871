"""The product's own colors in the soft rim, where the photo mixes in the background."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box

_SOLID = 0.995


def estimate_foreground(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 photo and (H, W) alpha -> (H, W, 3) uint8 foreground colors.

    Blur fusion, two passes: Forte: Approximate Fast Foreground Colour Estimation (2021).
    Pixels that are solid keep the photo's color exactly; what is fully transparent is
    left as it was.
    """
    result = rgb.copy()
    box = bounding_box(alpha, 0.0)
    if box is None:
        return result
    reach = max(4, round(max(rgb.shape[:2]) / 160))
    left, top, right, bottom = box
    part = np.s_[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach]
    matte = alpha[part]
    photo = rgb[part].astype(np.float32) / 255
    fore, back = _fuse(photo, photo, photo, matte, 4 * reach)
    fore, _ = _fuse(photo, fore, back, matte, reach)
    rim = (matte > 0) & (matte < _SOLID)
    result[part][rim] = np.rint(fore[rim] * 255).astype(np.uint8)
    return result


def _fuse(
    photo: np.ndarray,
    fore: np.ndarray,
    back: np.ndarray,
    alpha: np.ndarray,
    radius: int,
) -> tuple[np.ndarray, np.ndarray]:
    """One pass: alpha-weighted local means, corrected so that they composite to the photo."""
    weight = alpha[..., None]
    near_fore = _weighted_mean(fore, _trust(weight), radius)
    near_back = _weighted_mean(back, _trust(1 - weight), radius)
    error = photo - weight * near_fore - (1 - weight) * near_back
    return (near_fore + weight * error).clip(0, 1), near_back


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
