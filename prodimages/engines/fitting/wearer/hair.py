"""Hair: on the head, and what hangs down from there."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.parts import joined
from prodimages.engines.fitting.wearer.colors import CLOTH, nearest
from prodimages.engines.fitting.wearer.view import View

_HAIR = 2.6
"""Deviations from the color of what is on the head within which hair is seen."""
LOWEST_HAIR = 0.55
"""Shoulders' widths below the throat down to which hair is looked for."""


def hair_of(view: View, seeds: np.ndarray, candidates: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """What is on the head beside skin, and what of the same color hangs down from it; before a top
    of that color, ``cloth`` (n, 3), no more than what is beside the neck.
    """
    neck = view.points["neck"][1]
    seeds = seeds & (view.y < neck - 0.40 * view.span)
    if seeds.sum() < 30:
        return np.zeros_like(seeds)
    values = view.lab[seeds]
    center = np.median(values, axis=0)
    deviation = 1.48 * np.median(np.abs(values - center), axis=0)
    deviation = np.maximum(deviation, (6.0, 3.0, 3.5))
    distance = np.sqrt((((view.lab - center) / deviation) ** 2).mean(axis=-1))
    reach = view.beside_neck(0.45) & (view.y < neck + LOWEST_HAIR * view.span)
    if len(cloth) and _is_alike(cloth, center):
        reach &= view.beside_neck(0.30) & (view.y < neck)
    alike = candidates & reach & (distance < _HAIR / 1.3)
    alike = ndimage.binary_opening(alike, iterations=max(1, round(view.span / 150)))
    return joined(alike | seeds, seeds)


def _is_alike(cloth: np.ndarray, hair: np.ndarray) -> bool:
    middle = np.median(cloth, axis=0)
    return bool(nearest(middle[None, None], hair[None])[0, 0] < CLOTH)
