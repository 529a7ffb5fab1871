"""What a pixel's color says about belonging to the product or to its surroundings."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.color import lab

_BINS = (20, 22, 22)
_LOW, _HIGH = np.array([0, -80, -80]), np.array([100, 80, 80])
_FLOOR = 2e-5
"""Density of colors never seen, which keeps the ratio finite."""
_STRONGEST = 4.0


def color_evidence(rgb: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio of product to surroundings at each pixel, -4..4, float32.

    ``rgb`` (H, W, 3) uint8; ``inside`` and ``outside`` (H, W) weight the pixels from which
    the two smoothed histograms in CIELAB are learned.
    """
    place = _bins(rgb)
    product, surroundings = _density(place, inside), _density(place, outside)
    ratio = np.log(product + _FLOOR) - np.log(surroundings + _FLOOR)
    return ratio.ravel()[place].clip(-_STRONGEST, _STRONGEST).astype(np.float32)


def _bins(rgb: np.ndarray) -> np.ndarray:
    unit = (lab(rgb) - _LOW) / (_HIGH - _LOW)
    index = (unit * _BINS).astype(int).clip(0, np.array(_BINS) - 1)
    return np.ravel_multi_index(tuple(np.moveaxis(index, -1, 0)), _BINS)


def _density(place: np.ndarray, weight: np.ndarray) -> np.ndarray:
    counts = np.bincount(place.ravel(), weight.ravel(), minlength=int(np.prod(_BINS)))
    smooth = ndimage.gaussian_filter(counts.reshape(_BINS), 0.8, mode="constant")
    return smooth / max(float(smooth.sum()), 1e-9)
