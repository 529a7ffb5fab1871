"""How a product stands out from what surrounds it, along its outline."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.color import lightness

LEAST_CONTRAST = 4.0
"""Difference in L* under which an outline is lost to the eye."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outline:
    """The pixels of an outline that have something solid and something empty near them."""

    rows: np.ndarray
    columns: np.ndarray
    inside: np.ndarray
    """L* of the product near each of them, 0..100,"""
    outside: np.ndarray
    """and of what surrounds it."""

    @property
    def contrast(self) -> np.ndarray:
        """Difference in L*, without its sign."""
        contrast: np.ndarray = np.abs(self.inside - self.outside)
        return contrast

    @property
    def lost(self) -> float:
        """Share of the outline with less than ``LEAST_CONTRAST``; 0 for no outline at all."""
        return float(np.mean(self.contrast < LEAST_CONTRAST)) if self.rows.size else 0.0


def outline_of(rgb: np.ndarray, alpha: np.ndarray, reach: int = 3) -> Outline:
    """The outline of an (H, W) alpha in an (H, W, 3) uint8 picture.

    Lightness is averaged over ``reach`` pixels to each side.
    """
    part = _near_product(alpha, 2 * reach + 2)
    light, alpha = lightness(rgb[part]), alpha[part]
    solid, empty = (alpha > 0.95).astype(np.float32), (alpha < 0.05).astype(np.float32)
    product = alpha > 0.5
    outline = product & ~ndimage.binary_erosion(product, border_value=1)

    def near(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        total = ndimage.uniform_filter(weight, 2 * reach + 1)
        mean = ndimage.uniform_filter(light * weight, 2 * reach + 1) / np.maximum(total, 1e-6)
        return mean[outline], total[outline] > 1e-3

    (inside, has_inside), (outside, has_outside) = near(solid), near(empty)
    known = has_inside & has_outside
    rows, columns = np.nonzero(outline)
    return Outline(
        rows=rows[known] + part[0].start,
        columns=columns[known] + part[1].start,
        inside=inside[known],
        outside=outside[known],
    )


def _near_product(alpha: np.ndarray, margin: int) -> tuple[slice, slice]:
    """The part of the picture that holds an outline; a canvas is mostly background."""
    box = bounding_box(alpha)
    left, top, right, bottom = box or (0, 0, alpha.shape[1], alpha.shape[0])
    return (
        slice(max(0, top - margin), bottom + margin),
        slice(max(0, left - margin), right + margin),
    )
