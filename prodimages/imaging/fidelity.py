"""Measures whether the product in a picture is still the product in the photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box, resample
from prodimages.imaging.color import ciede2000, lab, lightness
from prodimages.imaging.composite import eroded_mask, solid_mask
from prodimages.imaging.rotation import Box, resample_turned, turned_extent
from prodimages.imaging.threads import side_by_side
from prodimages.imaging.types import PlacedProduct

Region = tuple[float, float, float, float]

_MOST_SAMPLES = 50_000
_MOST_SIDE = 768
"""Longest side in pixels at which product and photo are compared."""
_SSIM_SIGMA = 1.5
_STABLE_LUMINANCE, _STABLE_CONTRAST = (0.01 * 100) ** 2, (0.03 * 100) ** 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """Between the composed picture and the placed product, in 0..1 of the 8-bit range."""

    largest: float
    mean: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shift:
    """Between the placed product and the photo, both brought to the smaller's scale."""

    delta_e_mean: float
    delta_e_p95: float
    """CIEDE2000."""
    structure: float
    """Mean structural similarity of L*, -1..1."""


def interior_difference(composed: np.ndarray, placed: PlacedProduct) -> Difference:
    """Absolute difference inside the eroded mask; zeros when the mask is empty.

    What is seen through the product differs on purpose and isn't compared; see
    ``seen_through_difference``.
    """
    inside = solid_mask(placed)
    if not inside.any():
        return Difference(largest=0.0, mean=0.0)
    gap = (np.maximum(composed, placed.rgb) - np.minimum(composed, placed.rgb))[inside]
    return Difference(largest=float(gap.max() / 255), mean=float(gap.mean() / 255))


def seen_through_difference(
    composed: np.ndarray, background: np.ndarray, placed: PlacedProduct
) -> float:
    """Largest difference, in 0..1, between a picture and glass before its background, where
    light passes: ``rgb + share * (background - behind)``; 0 where nothing does.

    ``background`` is (H, W, 3) float 0..1 without the product.
    """
    if placed.seen_through is None:
        return 0.0
    inside = eroded_mask(placed.alpha) & (placed.seen_through.max(axis=-1) > 0)
    if not inside.any():
        return 0.0
    share, product = placed.seen_through[inside], placed.rgb[inside].astype(np.float32)
    wanted = product + share * (background[inside] * 255 - np.float32(placed.behind))
    return float(np.abs(composed[inside] - wanted.clip(0, 255)).max() / 255)


def shift_from_photo(photo: np.ndarray, alpha: np.ndarray, placed: PlacedProduct) -> Shift:
    """Compare the product on the canvas with the photo's own (H, W, 3) uint8 pixels.

    ``alpha`` is the photo's cut-out. What bleeds over the canvas's edge isn't compared.
    """
    return shifts_from((photo,), alpha, placed)[0]


def shifts_from(
    photos: Sequence[np.ndarray], alpha: np.ndarray, placed: PlacedProduct
) -> list[Shift]:
    """``shift_from_photo`` for several states of one photo, the product measured once."""
    source = bounding_box(alpha)
    if source is None:
        raise ValueError("there is no product to compare")
    if placed.rotation:
        product, on_canvas = _turned_back(alpha, source, placed)
        region: Region = source
    else:
        seen, region = _visible(placed, source)
        product, on_canvas = resample(placed.rgb, placed.alpha, seen, _common_size(seen, region))
    light = lightness(product)
    size = on_canvas.shape[1], on_canvas.shape[0]

    def shift(photo: np.ndarray) -> Shift:
        original, in_photo = resample(photo, alpha, region, size)
        mask = eroded_mask(np.minimum(in_photo, on_canvas))
        return _shift(original, product, light, mask)

    return side_by_side(shift, photos)


def _shift(original: np.ndarray, product: np.ndarray, light: np.ndarray, mask: np.ndarray) -> Shift:
    """Inside ``mask``; ``light`` is the product's L*."""
    if not mask.any():
        return Shift(delta_e_mean=0.0, delta_e_p95=0.0, structure=1.0)
    error = _color_error(original[mask], product[mask])
    similar = structural_similarity(lightness(original), light)
    return Shift(
        delta_e_mean=float(error.mean()),
        delta_e_p95=float(np.percentile(error, 95)),
        structure=float(similar[mask].mean()),
    )


def structural_similarity(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """SSIM of two (H, W) L* planes at each pixel.

    Wang et al.: Image Quality Assessment: From Error Visibility to Structural Similarity
    (2004), with a Gaussian window of sigma 1.5.
    """

    def mean(plane: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(plane, _SSIM_SIGMA, truncate=3.5)

    mean_one, mean_other = mean(one), mean(other)
    variance = mean(one * one) - mean_one**2 + mean(other * other) - mean_other**2
    covariance = mean(one * other) - mean_one * mean_other
    luminance = (2 * mean_one * mean_other + _STABLE_LUMINANCE) / (
        mean_one**2 + mean_other**2 + _STABLE_LUMINANCE
    )
    return luminance * (2 * covariance + _STABLE_CONTRAST) / (variance + _STABLE_CONTRAST)


def _turned_back(
    alpha: np.ndarray, source: Box, placed: PlacedProduct
) -> tuple[np.ndarray, np.ndarray]:
    """Color and alpha of the placed product, upright as in the photo."""
    width, height = source[2] - source[0], source[3] - source[1]
    scale = min(1.0, placed.scale, _MOST_SIDE / max(width, height))
    extent = turned_extent(alpha, source, placed.rotation)
    return resample_turned(
        placed.rgb,
        placed.alpha,
        placed.box,
        degrees=-placed.rotation,
        scale=scale / placed.scale,
        pivot=(
            placed.box[0] - extent[0] * placed.scale,
            placed.box[1] - extent[1] * placed.scale,
        ),
        target=(width * scale / 2, height * scale / 2),
        size=(max(1, round(width * scale)), max(1, round(height * scale))),
    )


def _common_size(seen: tuple[int, int, int, int], region: Region) -> tuple[int, int]:
    """Width and height of the smaller of the two, and at most _MOST_SIDE."""
    width = min(seen[2] - seen[0], region[2] - region[0])
    height = min(seen[3] - seen[1], region[3] - region[1])
    scale = min(1.0, _MOST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _visible(
    placed: PlacedProduct, source: tuple[int, int, int, int]
) -> tuple[tuple[int, int, int, int], Region]:
    """The part of the box on the canvas, and the same part of the photo."""
    left, top, right, bottom = placed.box
    height, width = placed.alpha.shape
    seen = max(0, left), max(0, top), min(width, right), min(height, bottom)
    across = (source[2] - source[0]) / (right - left)
    down = (source[3] - source[1]) / (bottom - top)
    region = (
        source[0] + (seen[0] - left) * across,
        source[1] + (seen[1] - top) * down,
        source[2] - (right - seen[2]) * across,
        source[3] - (bottom - seen[3]) * down,
    )
    return seen, region


def _color_error(original: np.ndarray, product: np.ndarray) -> np.ndarray:
    stride = max(1, len(original) // _MOST_SAMPLES)
    return ciede2000(lab(original[::stride]), lab(product[::stride]))
