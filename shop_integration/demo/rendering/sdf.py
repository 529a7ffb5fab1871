"""Signed distances of simple solids, in centimetres, over float32 coordinate arrays.

Coordinates come as three arrays of one shape: x to the right, y up, z to the viewer.
A distance is negative inside. Formulas follow Inigo Quilez' articles on distance functions;
those marked *bound* never exceed the true distance by much and may fall short of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

from shop_integration.demo.rendering.vectors import Array


def length(*parts: Array) -> Array:
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    return np.sqrt(total)


def smooth_union(a: Array, b: Array, radius: float) -> Array:
    """The union of two solids with a fillet of about ``radius`` (quadratic polynomial)."""
    blend = np.maximum(radius - np.abs(a - b), np.float32(0)) / np.float32(radius)
    return np.minimum(a, b) - blend * blend * np.float32(radius / 4)


def smooth_intersection(a: Array, b: Array, radius: float) -> Array:
    return -smooth_union(-a, -b, radius)


def box2(x: Array, y: Array, half_x: float, half_y: float, corner: float = 0.0) -> Array:
    """Rectangle with rounded corners in the plane."""
    dx = np.abs(x) - np.float32(half_x - corner)
    dy = np.abs(y) - np.float32(half_y - corner)
    outside = length(np.maximum(dx, np.float32(0)), np.maximum(dy, np.float32(0)))
    return outside + np.minimum(np.maximum(dx, dy), np.float32(0)) - np.float32(corner)


def box(x: Array, y: Array, z: Array, half: Sequence[float], corner: float = 0.0) -> Array:
    """Cuboid around the origin with rounded edges."""
    dx, dy, dz = (np.abs(v) - np.float32(h - corner) for v, h in zip((x, y, z), half, strict=True))
    zero = np.float32(0)
    outside = length(np.maximum(dx, zero), np.maximum(dy, zero), np.maximum(dz, zero))
    return outside + np.minimum(np.maximum(dx, np.maximum(dy, dz)), zero) - np.float32(corner)


def ellipse2(x: Array, y: Array, radius_x: float, radius_y: float) -> Array:
    """Distance to an ellipse's outline, signed (bound)."""
    k0 = length(x / np.float32(radius_x), y / np.float32(radius_y))
    k1 = length(x / np.float32(radius_x**2), y / np.float32(radius_y**2))
    return k0 * (k0 - 1) / np.maximum(k1, np.float32(1e-6))


def extrude(flat: Array, across: Array, half: float, corner: float = 0.0) -> Array:
    """The solid of a plane figure's distance ``flat``, ``half`` thick to either side."""
    across = np.abs(across) - np.float32(half - corner)
    flat = flat + np.float32(corner)
    outside = length(np.maximum(flat, np.float32(0)), np.maximum(across, np.float32(0)))
    return outside + np.minimum(np.maximum(flat, across), np.float32(0)) - np.float32(corner)


def polygon(x: Array, y: Array, corners: Sequence[tuple[float, float]]) -> Array:
    """Distance to a simple polygon, exact; costs one pass an edge."""
    nearest = np.full(x.shape, np.inf, np.float32)
    inside = np.ones(x.shape, np.float32)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        ex, ey = np.float32(ax - bx), np.float32(ay - by)
        wx, wy = x - np.float32(bx), y - np.float32(by)
        along = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
        nearest = np.minimum(nearest, (wx - ex * along) ** 2 + (wy - ey * along) ** 2)
        above_a, above_b = y >= np.float32(ay), y >= np.float32(by)
        left = ex * wy > ey * wx
        crosses = (above_a & ~above_b & ~left) | (~above_a & above_b & left)
        inside = np.where(crosses, -inside, inside)
    return inside * np.sqrt(nearest)


class Profile:
    """A turned solid's outline: its radius as a smooth function of height."""

    CELLS = 2048

    def __init__(self, points: Sequence[tuple[float, float]], blend: float = 0.0):
        """``points`` are (height, radius) in cm, from the bottom to the top.

        ``blend`` smooths the curvature over about as many centimetres: where it jumps,
        highlights break.
        """
        heights, radii = np.array(points, np.float64).T
        self.bottom, self.top = float(heights[0]), float(heights[-1])
        grid, cell = np.linspace(self.bottom, self.top, self.CELLS, retstep=True)
        curve = PchipInterpolator(heights, radii)(grid)
        if blend:
            pad = self.CELLS // 2
            extended = np.pad(curve, pad, mode="reflect", reflect_type="odd")
            curve = gaussian_filter1d(extended, blend / cell)[pad:-pad]
        self._scale = np.float32(1 / cell)
        self._radius = curve.astype(np.float32)
        self._slope = (1 / np.hypot(1, np.gradient(curve, cell))).astype(np.float32)

    def radius(self, y: Array) -> Array:
        return self._look_up(self._radius, y)

    def side(self, y: Array, r: Array, offset: float = 0.0) -> Array:
        """Distance of (height ``y``, axis distance ``r``) to the endless side (bound)."""
        radius, slope = self._look_up(self._radius, y), self._look_up(self._slope, y)
        return (r - radius) * slope + np.float32(offset)

    def solid(self, y: Array, r: Array, edge: float = 0.2, offset: float = 0.0) -> Array:
        """The closed solid, shrunk by ``offset``, with its two rims rounded by ``edge``."""
        middle, half = (self.bottom + self.top) / 2, (self.top - self.bottom) / 2
        ends = np.abs(y - np.float32(middle)) - np.float32(half - offset)
        return smooth_intersection(self.side(y, r, offset), ends, edge)

    def _look_up(self, table: Array, y: Array) -> Array:
        at = np.clip((y - np.float32(self.bottom)) * self._scale, 0, len(table) - 1.001)
        cell = at.astype(np.intp)
        low = table.take(cell, mode="wrap")  # in range already; "wrap" is the quickest mode
        return low + (table.take(cell + 1, mode="wrap") - low) * (at - np.floor(at))
