"""Sides, directions and lengths in a picture, in pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from prodimages.imaging.pose import Point

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

SIDES = ("left", "right")
"""As seen in the picture; modules count them 0 and 1."""
SIGNS = (-1, 1)
"""Which way is outward on each side."""


def unit(vector: np.ndarray) -> np.ndarray:
    """(2,) of length 1 in the direction of ``vector``; of two equal points, zeros."""
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-6))


def span_of(points: Mapping[str, Point]) -> float:
    """Pixels between the shoulders: the unit of all that is measured on a body."""
    return float(np.hypot(*np.subtract(points["right_shoulder"], points["left_shoulder"])))
