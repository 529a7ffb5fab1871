"""Puts the product's own pixels over the background and brings the sum to 8 bits."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.types import PlacedProduct

_ERODED_BY = 2
_STRIP = 256
"""Rows composited at a time, which bounds the memory that floats take."""
_EXACT = 2e-3
"""Values this near to a whole number are that number: dithering would only add noise."""


def composite(background: np.ndarray, product: PlacedProduct, seed: int) -> np.ndarray:
    """(H, W, 3) float32 0..1 background under the product -> (H, W, 3) uint8.

    Quantized with uniform noise from ``seed``, so that smooth gradients show no bands;
    white stays exactly 255, and a solid product pixel is that of ``product`` exactly. What is
    seen through glass or sheer cloth is exchanged for the background's: before a background
    of the photo's own color each pixel would be that of ``product`` again.
    """
    if background.shape != product.rgb.shape:
        raise ValueError(f"background {background.shape} and product {product.rgb.shape} differ")
    result = np.empty_like(product.rgb)
    noise = np.random.default_rng(seed)
    for top in range(0, len(result), _STRIP):
        strip = np.s_[top : top + _STRIP]
        weight = product.alpha[strip][..., None]
        values = background[strip].astype(np.float32) * 255
        values *= 1 - weight
        values += product.rgb[strip] * weight
        if product.seen_through is not None:
            share = product.seen_through[strip] * weight
            values += share * (background[strip] * 255 - np.float32(product.behind))
        result[strip] = dither(values, noise)
    return result


def dither(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(H, W, 3) float in 0..255 -> uint8; the expectation of each pixel is its value.

    One noise value serves all three channels, which keeps gray gradients gray.
    """
    noise = random.random(values.shape[:2], dtype=np.float32)[..., None]
    whole = np.rint(values)
    noisy = np.floor(values + noise)
    return np.where(np.abs(values - whole) < _EXACT, whole, noisy).clip(0, 255).astype(np.uint8)


def solid_mask(product: PlacedProduct) -> np.ndarray:
    """(H, W) bool: the eroded mask without what anything shows through."""
    inside = eroded_mask(product.alpha)
    if product.seen_through is None:
        return inside
    return inside & (product.seen_through.max(axis=-1) == 0)


def eroded_mask(alpha: np.ndarray) -> np.ndarray:
    """(H, W) bool: where the product is solid, two pixels and more from its soft rim."""
    return ndimage.binary_erosion(alpha >= 1, iterations=_ERODED_BY, border_value=1)
