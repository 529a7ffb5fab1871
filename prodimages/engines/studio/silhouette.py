"""What the product's outline tells: where it touches the ground, and its slices above it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from prodimages.engines.studio.camera import Camera
from prodimages.engines.studio.pixels import shrink

_LEG = 0.22
"""Share of the product's height that a leg, a wheel or a heel has at the least."""
DETAIL = 400
"""Longest side in pixels of the outline from which slices are read."""


@dataclasses.dataclass(frozen=True)
class Silhouette:
    """A standing product, in cm: x across, y up, z away, the origin under its lowest point."""

    x: np.ndarray
    """(n,) middles of the columns."""
    front: np.ndarray
    """(n,) z where the column touches the ground first; NaN where it doesn't touch."""
    far: np.ndarray
    """(n,) z up to where it is taken to touch; NaN where it doesn't."""
    middle: float
    """z of the base's middle."""
    height: float
    """Of the top of the box over the ground at ``middle``."""
    camera: Camera
    solid: np.ndarray
    """(h, w) bool: the outline, at reduced size, from the canvas's first row on."""
    corner: float
    """The canvas's column at which ``solid`` begins."""
    reduce: float
    """Canvas pixels for each pixel of ``solid``."""
    stops: np.ndarray
    """(h, w) float32: the share of the light, 0..1, that each pixel of ``solid`` keeps off; 0
    outside of it."""

    @property
    def foot(self) -> float:
        """What of the light the lowest tenth keeps off, 0..1."""
        low = np.s_[-max(1, len(self.stops) // 10) :]
        return float(self.stops[low].sum() / max(1, np.count_nonzero(self.solid[low])))

    def slice_at(self, y: float, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Share 0..1 of the slice at height ``y`` in cells about (1, n) ``x`` and (m, 1) ``z``.

        A picture shows no depth: each connected part of a slice is taken as an ellipse
        about ``middle``, never deeper than wide, that rises upright from where it touches.
        What would be seen beside the outline is carved away (the visual hull of the one
        view: Laurentini 1994).
        """
        step = abs(float(x[0, 1] - x[0, 0]))
        depth = self._depth(y, x[0])[None, :]
        front = np.maximum(self.middle - depth, self._touching_from(x[0])[None, :])
        share = np.clip(np.minimum(z - front, self.middle + depth - z) / step + 0.5, 0, 1)
        return np.where(depth > 0, share * self._seen(x, y, z), 0).astype(np.float32)

    def _touching_from(self, x: np.ndarray) -> np.ndarray:
        """z where the body touches the ground first at each ``x``; -inf where it doesn't."""
        front = np.where(np.isfinite(self.front), self.front, -np.inf)
        nearest = np.clip(np.searchsorted(self.x, x), 0, len(self.x) - 1)
        return front[nearest]

    def _depth(self, y: float, x: np.ndarray) -> np.ndarray:
        """Half the depth in cm of the slice at height ``y`` at each ``x``; 0 outside it."""
        row = int(self.camera.project(0.0, y, self.middle)[1] / self.reduce)
        row = min(max(row, 0), self.solid.shape[0] - 1)
        depth = np.zeros(self.solid.shape[1])
        per_pixel = self.reduce / self.camera.scale_at(y, self.middle)
        for start, stop in _runs(self.solid[row]):
            radius = (stop - start) / 2
            t = (np.arange(start, stop) + 0.5 - start - radius) / radius
            deepest = min(radius * per_pixel, self.middle)
            depth[start:stop] = deepest * np.sqrt(np.maximum(1 - t * t, 0.04))
        columns = self.corner + (np.arange(len(depth)) + 0.5) * self.reduce
        at = (columns - self.camera.center[0]) * per_pixel / self.reduce
        return np.interp(x, at, depth, left=0.0, right=0.0)

    def _seen(self, x: np.ndarray, y: float, z: np.ndarray) -> np.ndarray:
        """What of the light the outline before the points (x, y, z) keeps off; 0 beside it."""
        columns, rows = self.camera.project(x, y, np.maximum(z, -0.5 * self.camera.distance))
        row = (rows / self.reduce - 1.0).astype(np.int32)  # the rim itself counts as inside
        column = ((columns - self.corner) / self.reduce).astype(np.int32)
        height, width = self.solid.shape
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
        return np.where(inside, self.stops[row, column], 0)


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
    if reached[0] - row >= 0.08 * (bottom - top):
        row = int(reached[0])
    # Whatever the alpha says, the ground is not above the middle that the camera looks at.
    return max(row, math.ceil((box[1] + box[3]) / 2))


def _lowest(solid: np.ndarray) -> np.ndarray:
    """(w,) row under each column's lowest solid pixel; 0 where there is none."""
    below = solid.shape[0] - np.argmax(solid[::-1], axis=0)
    return np.where(solid.any(0), below, 0)


def silhouette(
    alpha: np.ndarray,
    box: tuple[int, int, int, int],
    camera: Camera,
    *,
    opacity: np.ndarray | None = None,
) -> Silhouette:
    """Measure a standing product from its (H, W) alpha and its box on the canvas.

    ``opacity`` (H, W) is ``alpha`` without the light that passes through glass or lace.
    """
    left, top, right, _ = (max(0, v) for v in box)
    bottom = contact_row(alpha, box)
    part = alpha[:bottom, left:right]
    scale, _ = camera.floor(np.array([float(bottom)]))
    x = (np.arange(part.shape[1]) + left + 0.5 - camera.center[0]) * scale[0]
    front = _front(part, x, camera)
    middle = _middle(front, x)
    top_row = camera.project(0.0, 0.0, middle)[1] - top
    height = max(top_row / (camera.scale_at(0.0, middle) * np.cos(camera.pitch)), 0.5)

    reduce = max(1.0, max(part.shape) / DETAIL)
    small = max(1, round(part.shape[0] / reduce)), max(1, round(part.shape[1] / reduce))
    matte = shrink(part, small)
    stops = (matte > 0.5).astype(np.float32)
    if opacity is not None:
        stops *= shrink(opacity[:bottom, left:right], small) / np.maximum(matte, 0.5)
    return Silhouette(
        x=x,
        front=front,
        far=_far(front, x, middle),
        middle=middle,
        height=float(height),
        camera=camera,
        solid=matte > 0.5,
        corner=float(left),
        reduce=reduce,
        stops=stops,
    )


def _front(part: np.ndarray, x: np.ndarray, camera: Camera) -> np.ndarray:
    """z at which each column of (h, w) alpha touches the ground; NaN where it doesn't."""
    front = np.full(len(x), np.nan)
    lowest = _lowest(part > 0.5)
    if not lowest.any():
        return front
    touching, hull = _touching(lowest)
    z = np.nan_to_num(camera.floor(hull)[1], posinf=1e6)
    width = x[-1] - x[0]
    slope = np.abs(np.gradient(z, x)) if len(x) > 1 else np.zeros_like(z)
    # A round body's outline turns up steeply; a corner's edges recede evenly, and farther.
    plausible = (z <= 0.5 * width) | ((z <= 0.9 * width) & (slope < 2.2))
    known = _bearing(touching & plausible, part > 0.5, lowest)
    front[known] = np.maximum(z[known], 0)
    return front


def _bearing(touching: np.ndarray, solid: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """``touching`` without what only hangs near the ground, such as the ear of a mug.

    What stands apart from the lowest point bears the body only if it rises like a leg.
    """
    bearing = touching.copy()
    bottom = int(np.argmax(np.where(touching, lowest, 0)))
    gap = 0.03 * len(touching)
    for start, stop in _runs(touching):
        if start - gap <= bottom < stop + gap:
            continue
        column = solid[: lowest[(start + stop) // 2], (start + stop) // 2][::-1]
        rise = len(column) if column.all() else int(np.argmin(column))
        bearing[start:stop] = rise >= _LEG * len(solid)
    return bearing


def _far(front: np.ndarray, x: np.ndarray, middle: float) -> np.ndarray:
    """How deep each column's contact reaches: mirrored at ``middle``, narrow feet less."""
    far = np.full_like(front, np.nan)
    for start, stop in _runs(np.isfinite(front)):
        wide = float(x[stop - 1] - x[start])
        own = front[start:stop]
        mirrored = np.maximum(2 * middle - own, own)
        far[start:stop] = np.minimum(mirrored, own.max() + max(1.3 * wide, 0.1))
    return far


def _middle(front: np.ndarray, x: np.ndarray) -> float:
    """Depth of the base's middle: where the outline stops receding, or a guess from its width."""
    known = np.isfinite(front)
    if not known.any():
        return 0.2 * float(x[-1] - x[0])
    wide = float(x[known][-1] - x[known][0])
    return max(float(front[known].max()), 0.22 * wide, 0.3)


def _touching(lowest: np.ndarray) -> tuple[Any, np.ndarray]:
    """Whether each column's lowest pixel lies on the outline's lower convex hull; its rows."""
    hull: list[int] = []
    for column in np.flatnonzero(lowest).tolist():
        while len(hull) >= 2 and _above(hull[-2], hull[-1], column, lowest):
            hull.pop()
        hull.append(column)
    line = np.interp(np.arange(len(lowest)), hull, lowest[hull])
    return (lowest > 0) & (line - lowest <= max(1.5, 0.004 * lowest.max())), line


def _above(a: int, b: int, c: int, lowest: np.ndarray) -> bool:
    """Whether ``b`` lies above the line from ``a`` to ``c`` (rows grow downwards)."""
    return (b - a) * (lowest[c] - lowest[a]) >= (c - a) * (lowest[b] - lowest[a])


def _runs(mask: np.ndarray) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
