"""Measures what a scene has to match: the photo's sharpness, grain, black and light."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import ndimage

from prodimages.imaging.background import Background
from prodimages.imaging.color import lightness, luminance
from prodimages.imaging.shading import KeyLight, key_light

_BAND = 512
"""Rows that are measured; more of them cost time and tell nothing else."""
_MARGIN = 48
_CLEAR = 4
"""Pixels around the outline that belong to neither side."""
_REBLUR = 1.5
_BLOCK = 16
_LAPLACIAN = np.zeros((5, 5), dtype=np.float32)
_LAPLACIAN[::2, ::2] = [[1, -2, 1], [-2, 4, -2], [1, -2, 1]]
"""Over every other pixel: a camera's own processing smears grain into its neighbors."""
_PIXEL = 0.3
"""Standard deviation in pixels of the box that a pixel is: no photo is sharper."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measured:
    """Of the product in the photo; lengths in the photo's pixels."""

    blur: float | None
    """Standard deviation of the Gaussian that its sharpest edges look blurred by; None without
    a clear edge."""
    grain: float
    """Standard deviation of the noise of luma, in 8-bit levels: the product's, or that of what
    surrounds it where there is less, since a knit looks like noise and a sheet doesn't."""
    black: float
    """Linear light, 0..1, of its darkest half percent."""
    light: tuple[float, float, float] | None
    """Color of the light in linear sRGB, green 1, where a gray background tells it."""
    key: KeyLight | None = None
    """Where the light comes from, where the product's shading tells it."""

    def as_json(self) -> dict[str, Any]:
        return {
            "blur": self.blur,
            "grain": self.grain,
            "black": self.black,
            "light": None if self.light is None else list(self.light),
            "key": None if self.key is None else dataclasses.asdict(self.key),
        }


def measure(
    rgb: np.ndarray,
    alpha: np.ndarray,
    light: Background | None = None,
    *,
    photo: np.ndarray | None = None,
) -> Measured:
    """``rgb`` (H, W, 3) uint8 and its (H, W) cut-out; ``light`` is a background known as gray.

    ``photo`` has the product's surroundings, where they were kept.
    """
    product, matte = _middle(rgb, alpha)
    solid = matte > 0.95
    dark = luminance(product)[solid]
    grain = [grain_sigma(product, solid)]
    if photo is not None:
        around = ndimage.binary_erosion(matte < 0.02, iterations=_CLEAR)
        grain.append(grain_sigma(_middle(photo, alpha)[0], around))
    noise = min((sigma for sigma in grain if sigma is not None), default=0.0)
    return Measured(
        blur=blur_sigma(lightness(product), matte > 0.02, noise),
        grain=round(noise, 2),
        black=round(float(np.percentile(dark, 0.5)), 5) if dark.size else 0.0,
        light=None if light is None else _of_green_one(light.rgb),
        key=key_light(rgb, alpha),
    )


def blur_sigma(light: np.ndarray, where: np.ndarray, grain: float = 0.0) -> float | None:
    """Blur of the sharper ones of an (H, W) plane's clear edges, in pixels; None without one.

    ``grain`` in 8-bit levels is smoothed away first, as far as it would look like edges.

    At a step the gradient of the plane and of the plane blurred again by s stand in the
    ratio sqrt(1 + s^2 / blur^2): Zhuo, Sim: Defocus map estimation from a single image (2011).
    """
    first = _PIXEL + 0.7 + 0.25 * min(grain, 2.0)
    second = _REBLUR * first
    gradient = ndimage.gaussian_gradient_magnitude(light, first)
    again = ndimage.gaussian_gradient_magnitude(light, np.hypot(first, second))
    peak = gradient == ndimage.maximum_filter(gradient, 5)
    strong = where & peak & (gradient > max(2.0, 0.35 * float(gradient[where].max(initial=0))))
    if np.count_nonzero(strong) < 20:
        return None
    ratio = gradient[strong] / np.maximum(again[strong], 1e-6)
    squared = second**2 / np.maximum(ratio**2 - 1, 1e-3) - first**2
    return round(float(np.sqrt(max(float(np.percentile(squared, 40)), 0.0))), 2)


def grain_sigma(rgb: np.ndarray, where: np.ndarray) -> float | None:
    """Noise of luma in 8-bit levels, from the flattest quarter of the blocks in ``where``;
    None where no block is free of clipping.

    Immerkaer: Fast Noise Variance Estimation (1996), block by block, so that texture,
    which some part of nearly every product lacks, is not taken for noise.
    """
    luma = rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    height, width = (side // _BLOCK * _BLOCK for side in luma.shape)
    if not height or not width:
        return None
    energy = _blocks(ndimage.convolve(luma, _LAPLACIAN)[:height, :width] ** 2)
    middle = _blocks(luma[:height, :width])
    usable = (_blocks(where[:height, :width].astype(np.float32)) > 0.999) & (middle < 250)
    usable &= middle > 5  # clipped light and black hold no noise
    if np.count_nonzero(usable) < 4:
        return None
    quarter = np.percentile(energy[usable], 25)
    return float(np.sqrt(energy[usable & (energy <= quarter)].mean() / 36))


def _blocks(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    parts = plane.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return parts.mean(axis=(1, 3))


def _middle(rgb: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A band across the product's middle: it holds both sides of the outline, and some inside."""
    rows, columns = (np.flatnonzero((alpha > 0.02).any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return rgb[:0], alpha[:0]
    top = max(0, (int(rows[0]) + int(rows[-1]) - _BAND) // 2)
    left, right = max(0, int(columns[0]) - _MARGIN), int(columns[-1]) + _MARGIN
    part = np.s_[top : top + _BAND, left:right]
    return rgb[part], alpha[part]


def _of_green_one(color: tuple[float, float, float]) -> tuple[float, float, float]:
    red, green, blue = color
    return round(red / green, 4), 1.0, round(blue / green, 4)
