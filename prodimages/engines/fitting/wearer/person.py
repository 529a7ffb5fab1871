"""A person as a garment is laid on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from prodimages.engines.fitting.geometry import span_of
from prodimages.imaging.pose import Point


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """All arrays have the picture's size."""

    rgb: np.ndarray
    """(H, W, 3) uint8."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1: the silhouette."""
    points: Mapping[str, Point]
    """Joints in pixels."""
    skin: np.ndarray
    """(H, W) bool: bare skin."""
    skin_color: np.ndarray
    """(3,) float32 in 0..255: the face's."""
    hair: np.ndarray
    old: np.ndarray
    """(H, W) bool: the top that is worn in the photo."""
    limbs: np.ndarray
    """(H, W) bool: skin that does not hang together with the face: arms and hands."""
    protected: np.ndarray
    """(H, W) bool: face, hair, hands, and bare arms before the body."""
    arms: np.ndarray
    """(H, W) int8: 1 in the left arm of the picture, 2 in the right one, 0 elsewhere."""
    is_patterned: bool
    """Whether the old top's pattern would be taken for light and shade."""
    wanted: np.ndarray | None = None
    """(H, W) bool: what somebody put into the region, beside what is found."""
    left: np.ndarray | None = None
    """(H, W) bool: what somebody took out of it."""

    @property
    def span(self) -> float:
        """Pixels between the shoulders: the unit of all that is measured on a body."""
        return span_of(self.points)
