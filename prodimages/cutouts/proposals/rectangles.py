"""How much of a rectangle a region is."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, QhullError


def squareness(mask: np.ndarray) -> tuple[float, float, float]:
    """Share of its smallest rectangle, at any angle, that a (h, w) region fills, 0..1.

    With the rectangle's shorter and longer side in pixels. The smallest rectangle has a side
    in common with the convex hull (Freeman and Shapira 1975).
    """
    points = np.argwhere(mask).astype(np.float64)
    corners = np.concatenate([points + offset for offset in _CORNERS])
    try:
        hull = corners[ConvexHull(corners).vertices]
    except (QhullError, ValueError):
        return 0.0, 0.0, 0.0
    edges = np.roll(hull, -1, axis=0) - hull
    along = edges / np.linalg.norm(edges, axis=1, keepdims=True)
    across = along[:, ::-1] * (-1, 1)
    lengths, widths = np.ptp(hull @ along.T, axis=0), np.ptp(hull @ across.T, axis=0)
    best = int(np.argmin(lengths * widths))
    one, other = float(lengths[best]), float(widths[best])
    return len(points) / max(one * other, 1e-6), min(one, other), max(one, other)


def solidity(mask: np.ndarray) -> float:
    """Share of its convex hull that a (h, w) region fills, 0..1."""
    points = np.argwhere(mask).astype(np.float64)
    rows = np.concatenate([points + offset for offset in _CORNERS])
    try:
        hull = ConvexHull(rows)
    except (QhullError, ValueError):
        return 0.0
    return float(len(points) / hull.volume)  # of a plane hull, scipy calls the area volume


_CORNERS = np.array([(-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5)])
