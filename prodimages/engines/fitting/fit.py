"""Lays a top over a person's trunk and arms: thin-plate splines between marks and joints."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.garment.marks import Marks
from prodimages.engines.fitting.limits import opening_of, under_roof
from prodimages.engines.fitting.seams import of_sleeve, of_trunk
from prodimages.engines.fitting.sleeves import strip_of
from prodimages.engines.fitting.trunk import trunk_pairs
from prodimages.engines.fitting.warping import along_strip, through_spline
from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fitted:
    """The garment on the person's canvas."""

    rgb: np.ndarray
    """(H, W, 3) float32 in 0..255; meaningful where ``alpha`` is over 0."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1."""
    sleeves: np.ndarray
    """(H, W) float32: how much of ``alpha`` is sleeve, for the shade between arm and trunk."""
    opening: np.ndarray
    """(H, W) bool: between the collar's ends, above the front's edge: skin shows here."""
    scale: float
    """Canvas pixels per pixel of the garment's photo."""


def fit(garment: np.ndarray, alpha: np.ndarray, marks: Marks, person: Person) -> Fitted:
    """(h, w, 3) uint8 and (h, w) 0..1 of the garment, in its photo's pixels."""
    scale = person.span / marks.shoulder_width
    garment, alpha = _reduced(garment, alpha, scale)
    shape = person.alpha.shape
    trunk = trunk_pairs(marks, person, scale)
    color, cover = through_spline(garment, of_trunk(alpha, marks), trunk, shape)
    sleeved = np.zeros(shape, np.float32)
    for side, sleeve in enumerate(marks.sleeves):
        if sleeve is None:
            continue
        strip = strip_of(marks, sleeve, side, person, scale, trunk)
        part = of_sleeve(alpha, marks, side)
        sleeve_color, sleeve_cover = along_strip(garment, part, strip, shape)
        color = color * (1 - sleeve_cover[..., None]) + sleeve_color * sleeve_cover[..., None]
        cover = np.maximum(cover, sleeve_cover)
        sleeved = np.maximum(sleeved, sleeve_cover)
    opening = opening_of(marks, person, scale, trunk)
    cover = cover * (1 - _soft(opening)) * under_roof(person)
    return Fitted(rgb=color, alpha=cover, sleeves=sleeved, opening=opening, scale=scale)


def _reduced(garment: np.ndarray, alpha: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Both as float32 of the same size; the photo's pixels are averaged, not skipped, where the
    garment gets smaller.
    """
    color = garment.astype(np.float32)
    if scale >= 0.75:
        return color, alpha.astype(np.float32)
    sigma = 0.42 / scale
    weight = ndimage.gaussian_filter(alpha.astype(np.float32), sigma)
    color = ndimage.gaussian_filter(color * alpha[..., None], (sigma, sigma, 0))
    color /= np.maximum(weight, 1e-3)[..., None]
    return color, weight


def _soft(mask: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter(mask.astype(np.float32), 0.8)
