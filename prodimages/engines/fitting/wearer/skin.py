"""Bare skin, by the face's color, whatever that is."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.wearer.view import View

_SKIN = 2.6
"""Deviations from the face's color within which skin is seen."""


def skin_of(view: View, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool, and (3,) float32 in 0..255: the face's color."""
    # Around nose and cheeks, where neither a fringe nor locks at the temples lend it their color.
    face = view.of_face(0.40, 0.12, 0.13)
    if face.sum() < 30:
        return np.zeros_like(view.inside), np.float32([176, 138, 118])
    center, deviation = _complexion(view.lab[face])
    distance = np.sqrt((((view.lab - center) / deviation) ** 2 * (0.6, 1.2, 1.2)).sum(axis=-1))
    chosen = face & (distance < 1.5)
    color = np.median(rgb[chosen if chosen.any() else face], axis=0).astype(np.float32)
    return ndimage.binary_opening(view.inside & (distance < _SKIN), iterations=1), color


def _complexion(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CIELAB of the face, and how far its skin deviates from that; of (n, 3) of its pixels."""
    # The middle of the face's lightness leaves eyes, brows, beard and hair out.
    light = values[:, 0]
    low, high = np.percentile(light, (35, 90))
    core = values[(light >= low) & (light <= high)]
    center = np.median(core, axis=0)
    deviation = 1.48 * np.median(np.abs(core - center), axis=0)
    # Light hair before a dark face would else make everything skin.
    deviation = np.clip(deviation, (9.0, 3.0, 3.5), (14.0, 3.6, 4.2))
    deviation[0] *= 1.6  # limbs are lit otherwise than faces
    return center, deviation
