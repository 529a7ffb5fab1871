"""The picture of a person as its parts are looked for in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import span_of
from prodimages.imaging.color import lab as lab_of
from prodimages.imaging.pose import Point


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """All arrays have the picture's size."""

    lab: np.ndarray
    """(H, W, 3) CIELAB, without the finest grain."""
    inside: np.ndarray
    """(H, W) bool: the silhouette."""
    x: np.ndarray
    """(H, W) float32: each pixel's column."""
    y: np.ndarray
    """(H, W) float32: each pixel's row."""
    points: Mapping[str, Point]
    span: float
    """Pixels between the shoulders, the unit of all lengths below."""

    def of_face(self, up: float, half_width: float, half_height: float) -> np.ndarray:
        """(H, W) bool: the ellipse whose center is ``up`` above the neck, within the silhouette."""
        nx, ny = self.points["neck"]
        across = (self.x - nx) / (half_width * self.span)
        down = (self.y - (ny - up * self.span)) / (half_height * self.span)
        return np.asarray((across**2 + down**2 < 1) & self.inside)

    def below_neck(self, length: float) -> np.ndarray:
        """(H, W) bool: the rows under one so far below the neck, or above it if under 0."""
        return np.asarray(self.y > self.points["neck"][1] + length * self.span)

    def beside_neck(self, length: float) -> np.ndarray:
        """(H, W) bool: the columns less than so far from the neck."""
        return np.asarray(np.abs(self.x - self.points["neck"][0]) < length * self.span)


def view_of(rgb: np.ndarray, alpha: np.ndarray, points: Mapping[str, Point]) -> View:
    span = span_of(points)
    height, width = alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return View(
        lab=lab_of(ndimage.gaussian_filter(rgb, (span / 160, span / 160, 0))),
        inside=alpha > 0.5,
        x=x,
        y=y,
        points=points,
        span=span,
    )
