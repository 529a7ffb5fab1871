"""How much of a rectangle a region is."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, QhullError


def squareness(mask: np.ndarray) -> tuple[float, float, float]:
    """Share of its smallest rectangle, at any angle, that a (h, w) region fills, 0..1.

    With the rectangle's shorter and longer side in pixels. The smallest rectangle has a side
    in common with the convex hull (Freeman and Shapira 1975).
    """
    try:
        corners = _corners(mask)
        hull = corners[ConvexHull(corners).vertices]
    except (QhullError, ValueError):
        return 0.0, 0.0, 0.0
    edges = np.roll(hull, -1, axis=0) - hull
    along = edges / np.linalg.norm(edges, axis=1, keepdims=True)
    across = along[:, ::-1] * (-1, 1)
    lengths, widths = np.ptp(hull @ along.T, axis=0), np.ptp(hull @ across.T, axis=0)
    best = int(np.argmin(lengths * widths))
    one, other = float(lengths[best]), float(widths[best])
    return np.count_nonzero(mask) / max(one * other, 1e-6), min(one, other), max(one, other)


def solidity(mask: np.ndarray) -> float:
    """Share of its convex hull that a (h, w) region fills, 0..1."""
    try:
        hull = ConvexHull(_corners(mask))
    except (QhullError, ValueError):
        return 0.0
    return float(
        np.count_nonzero(mask) / hull.volume
    )  # of a plane hull, scipy calls the area volume


def _corners(mask: np.ndarray) -> np.ndarray:
    """(N, 2) corners of each row's first and last pixel, among which are all of the hull's."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(axis=1)
    across = np.concatenate([first, first, last, last])
    down = np.concatenate([rows, rows + 1, rows, rows + 1])
    return np.stack([down, across], axis=1).astype(np.float64)
