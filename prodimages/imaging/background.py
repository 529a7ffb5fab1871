"""What the photo's background tells of the light: whether it is a clean, near-neutral sheet."""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.color import lab, luminance, to_linear

_WORKING_SIDE = 400
"""Longest side at which the background is looked at; grain averages out."""
_RIM = 0.03
"""What lies nearer to the product, as a share of the longest side, holds its shadow and bounce."""
_SHADOW = 0.75
"""A pixel darker than this share of the sheet around it lies in a shadow or a fold."""
_CLIPPED = 252
_DARK = 12


@dataclasses.dataclass(frozen=True, kw_only=True)
class Background:
    """Statistics of what surrounds the product; colors are those of 8-bit sRGB pixels."""

    area: float
    """Share of the photo that is background, is not clipped and keeps clear of the product."""
    rgb: tuple[float, float, float]
    """Median color in linear light, 0..1."""
    lightness: float
    """Median L*."""
    chroma: float
    """Median distance from gray, C*."""
    uniformity: float
    """Share of ``area`` that has the median's hue and chroma within 4 units of a*b*."""
    texture: float
    """Median standard deviation of L* within 5 x 5 pixels."""
    sides: int
    """At how many of the photo's four sides it lies."""
    falloff: tuple[float, ...]
    """Coefficients of log luminance for 1, x, y, x^2, xy, y^2, with x and y in -1..1."""
    residual: float
    """Robust standard deviation of log luminance around that surface."""


def survey(rgb: np.ndarray, alpha: np.ndarray) -> Background | None:
    """Look at an (H, W, 3) uint8 photo around its (H, W) cut-out; None with nothing to see."""
    photo, matte = _at_working_size(rgb, alpha)
    usable = _usable(photo, matte)
    if np.count_nonzero(usable) < 200:
        return None
    usable = _without_shadows(photo, usable)
    colors = lab(photo)
    median = np.median(colors[usable], axis=0)
    gap = np.hypot(*np.moveaxis(colors[usable][:, 1:] - median[1:], -1, 0))
    coefficients, residual = _fit(np.log(np.maximum(luminance(photo), 1e-4)), usable)
    return Background(
        area=float(usable.mean()),
        rgb=_linear_median(photo[usable]),
        lightness=float(median[0]),
        chroma=float(np.hypot(median[1], median[2])),
        uniformity=float(np.mean(gap < 4)),
        texture=float(np.median(_local_deviation(colors[..., 0])[usable])),
        sides=_sides(usable),
        falloff=coefficients,
        residual=residual,
    )


def surface(coefficients: tuple[float, ...], shape: tuple[int, int]) -> np.ndarray:
    """The fitted log luminance at every pixel of a photo of ``shape`` (H, W)."""
    one, by_x, by_y, by_xx, by_xy, by_yy = (np.float32(value) for value in coefficients)
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None]
    return (one + by_x * x + by_xx * x * x) + (by_y * y + by_yy * y * y) + (by_xy * y) * x


def _at_working_size(rgb: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = alpha.shape
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
    matte = Image.fromarray(alpha.astype(np.float32)).resize(size, Image.Resampling.BOX)
    return np.asarray(photo), np.asarray(matte)


def _usable(photo: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    far = ndimage.distance_transform_edt(alpha < 0.02) > _RIM * max(alpha.shape)
    return far & (photo.max(axis=-1) < _CLIPPED) & (photo.min(axis=-1) > _DARK)


def _without_shadows(photo: np.ndarray, usable: np.ndarray) -> np.ndarray:
    light = luminance(photo)
    typical = np.median(light[usable])
    kept = usable & (light > _SHADOW**2 * typical)
    return kept if np.count_nonzero(kept) > usable.sum() / 2 else usable


def _linear_median(pixels: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in to_linear(np.median(pixels, axis=0) / 255))
    return red, green, blue


def _local_deviation(light: np.ndarray) -> np.ndarray:
    mean = ndimage.uniform_filter(light, 5)
    square = ndimage.uniform_filter(light * light, 5)
    return np.sqrt(np.maximum(square - mean * mean, 0))


def _sides(usable: np.ndarray) -> int:
    """A side counts whose outer tenth is background over a third or more."""
    height, width = usable.shape
    deep, wide = max(1, height // 10), max(1, width // 10)
    bands = (usable[:deep], usable[-deep:], usable[:, :wide], usable[:, -wide:])
    return sum(bool(band.mean() > 1 / 3) for band in bands)


def _terms(shape: tuple[int, int]) -> np.ndarray:
    y, x = np.meshgrid(
        np.linspace(-1, 1, shape[0], dtype=np.float32),
        np.linspace(-1, 1, shape[1], dtype=np.float32),
        indexing="ij",
    )
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _least_squares(terms: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(n, k) and (n,) float64 -> (k,), the shortest solution where several fit.

    By the normal equations, a tenth of the work: the terms are of one size, and those of a
    product in BLAS let other threads run, where numpy's ``lstsq`` of all pixels does not.
    """
    found: np.ndarray = np.linalg.lstsq(terms.T @ terms, terms.T @ values, rcond=1e-10)[0]
    return found


def _fit(log_light: np.ndarray, usable: np.ndarray) -> tuple[tuple[float, ...], float]:
    """Least squares, refitted twice without what lies over 2.5 deviations off (folds, spots)."""
    terms = _terms(log_light.shape)[usable].astype(np.float64)
    values = log_light[usable].astype(np.float64)
    kept = np.ones(len(values), dtype=bool)
    deviation = 0.0
    found = np.zeros(terms.shape[1])
    for _pass in range(3):
        found = _least_squares(terms[kept], values[kept])
        error = values - terms @ found
        deviation = 1.4826 * float(np.median(np.abs(error)))
        kept = np.abs(error) <= 2.5 * max(deviation, 1e-3)
    return tuple(round(float(value), 5) for value in found), deviation
