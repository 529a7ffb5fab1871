"""What the product's outline tells: where it touches the ground, and its slices above it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from prodimages.engines.studio.camera import Camera


@dataclasses.dataclass(frozen=True)
class Silhouette:
    """A standing product, in cm: x across, y up, z away, the origin under its lowest point."""

    x: np.ndarray
    """(n,) middles of the columns."""
    front: np.ndarray
    """(n,) z where the column touches the ground first; NaN where it doesn't touch."""
    middle: float
    """z of the base's middle."""
    height: float
    """Of the top of the box over the ground at ``middle``."""
    camera: Camera
    alpha: np.ndarray
    left: int

    def at_height(self, y: float, x: np.ndarray) -> np.ndarray:
        """Half the depth in cm of the slice at height ``y`` at each ``x``; 0 outside it.

        A picture shows no depth: each connected part of a slice is taken as an ellipse
        about ``middle``, never deeper than wide.
        """
        row = int(self.camera.project(0.0, y, self.middle)[1])
        row = min(max(row, 0), self.alpha.shape[0] - 1)
        depth = np.zeros_like(self.x)
        for start, stop in _runs(self.alpha[row] > 0.5):
            radius = (stop - start) / 2
            t = (np.arange(start, stop) + 0.5 - start - radius) / radius
            deepest = min(radius * (self.x[1] - self.x[0]), 1.15 * self.middle)
            depth[start:stop] = deepest * np.sqrt(np.maximum(1 - t * t, 0.04))
        return np.interp(x, self.x, depth, left=0.0, right=0.0)


def contact_row(alpha: np.ndarray, box: tuple[int, int, int, int]) -> int:
    """The row under the lowest pixels that bear a standing product, in an (H, W) alpha.

    A strap or a tag that hangs a little lower bears nothing: 7 % of the columns must
    reach down to the row, unless that leaves out as much as thin legs would be.
    """
    left, top, right, bottom = (max(0, v) for v in box)
    lowest = _lowest(alpha[:bottom, left:right] > 0.5)
    reached = np.sort(lowest[lowest > 0])[::-1]
    if not reached.size:
        return bottom
    row = int(reached[min(int(0.07 * lowest.size), reached.size - 1)])
    return row if reached[0] - row < 0.08 * (bottom - top) else int(reached[0])


def _lowest(solid: np.ndarray) -> np.ndarray:
    """(w,) row under each column's lowest solid pixel; 0 where there is none."""
    below = solid.shape[0] - np.argmax(solid[::-1], axis=0)
    return np.where(solid.any(0), below, 0)


def silhouette(alpha: np.ndarray, box: tuple[int, int, int, int], camera: Camera) -> Silhouette:
    """Measure a standing product from its (H, W) alpha and its box on the canvas."""
    left, top, right, _ = (max(0, v) for v in box)
    bottom = contact_row(alpha, box)
    part = alpha[:bottom, left:right]
    lowest = _lowest(part > 0.5)
    touched = lowest > 0
    columns = np.arange(part.shape[1])
    scale, _ = camera.floor(np.array([float(bottom)]))
    x = (columns + left + 0.5 - camera.center[0]) * scale[0]

    front = np.full(len(columns), np.nan)
    if touched.any():
        touching = _touching(columns, lowest, touched, alpha.shape[0])
        z = camera.floor(lowest[touching].astype(np.float64))[1]
        plausible = z <= 0.5 * (x[-1] - x[0])
        front[np.flatnonzero(touching)[plausible]] = np.maximum(z[plausible], 0)
    middle = _middle(front, x)
    top_row = camera.project(0.0, 0.0, middle)[1] - top
    height = max(top_row / (camera.scale_at(0.0, middle) * np.cos(camera.pitch)), 0.5)
    return Silhouette(x, front, middle, float(height), camera, part, left)


def _middle(front: np.ndarray, x: np.ndarray) -> float:
    """Depth of the base's middle: where the outline stops receding, or a guess from its width."""
    known = np.isfinite(front)
    if not known.any():
        return 0.2 * float(x[-1] - x[0])
    wide = float(x[known][-1] - x[known][0])
    return max(float(front[known].max()), 0.22 * wide, 0.3)


def _touching(columns: np.ndarray, lowest: np.ndarray, touched: Any, height: int) -> Any:
    """Columns whose lowest pixel lies on the lower convex hull of the outline."""
    hull: list[int] = []
    for column in columns[touched]:
        while len(hull) >= 2 and _above(hull[-2], hull[-1], column, lowest):
            hull.pop()
        hull.append(int(column))
    line = np.interp(columns, hull, lowest[hull])
    return touched & (line - lowest <= max(1.5, 0.004 * height))


def _above(a: int, b: int, c: int, lowest: np.ndarray) -> bool:
    """Whether ``b`` lies above the line from ``a`` to ``c`` (rows grow downwards)."""
    return (b - a) * (lowest[c] - lowest[a]) >= (c - a) * (lowest[b] - lowest[a])


def _runs(mask: np.ndarray) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
