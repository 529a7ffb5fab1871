"""Looks the garment's photo up from the canvas: through a spline, or along a strip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.interpolate import LinearNDInterpolator, PchipInterpolator, RBFInterpolator

from prodimages.engines.fitting.sleeves import Strip
from prodimages.engines.fitting.trunk import Pairs

_CELL = 6
"""Pixels between the points at which a spline is worked out; it is smooth in between."""


def through_spline(
    color: np.ndarray, alpha: np.ndarray, pairs: Pairs, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) colors and (H, W) cover of a canvas of ``shape``; each of its pixels looks up the
    photo through the spline from ``pairs``.
    """
    height, width = shape
    result = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    left, top, right, bottom = _box_about(pairs.places, width, height)
    if right - left < 2 or bottom - top < 2:
        return result, cover
    spline = RBFInterpolator(pairs.places, pairs.marks, kernel="thin_plate_spline", smoothing=1.0)
    columns = np.arange(left, right + _CELL, _CELL, dtype=float)
    rows = np.arange(top, bottom + _CELL, _CELL, dtype=float)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    coarse = spline(grid.reshape(-1, 2)).reshape(*grid.shape[:2], 2)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    at = [(y - top) / _CELL, (x - left) / _CELL]
    map_x, map_y = (
        ndimage.map_coordinates(coarse[..., axis], at, order=1, mode="nearest") for axis in (0, 1)
    )
    box = (slice(top, bottom), slice(left, right))
    result[box], cover[box] = _looked_up(color, alpha, [map_y, map_x])
    return result, cover


def along_strip(
    color: np.ndarray, alpha: np.ndarray, strip: Strip, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Likewise; each canvas pixel of the strip looks up the photo by its place along and across."""
    source, target = _mesh(strip.source), _mesh(strip.target)
    height, width = shape
    result = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    outline = np.concatenate([target[:, 0], target[::-1, -1]])
    area = Image.new("L", (width, height))
    ImageDraw.Draw(area).polygon([tuple(map(float, point)) for point in outline], fill=1)
    y, x = np.nonzero(np.asarray(area))
    if not len(x):
        return result, cover
    look = LinearNDInterpolator(target.reshape(-1, 2), source.reshape(-1, 2))
    at = look(np.stack([x, y], axis=1).astype(float))
    known = np.isfinite(at[:, 0])
    x, y, at = x[known], y[known], at[known]
    result[y, x], cover[y, x] = _looked_up(color, alpha, [at[:, 1], at[:, 0]])
    return result, cover


def _box_about(places: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all that a spline through ``places`` may reach on the canvas."""
    around = 0.25 * np.ptp(places, axis=0)
    low = np.maximum(places.min(axis=0) - around, 0)
    high = np.minimum(places.max(axis=0) + around, (width - 1, height - 1))
    return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1


def _mesh(edges: np.ndarray) -> np.ndarray:
    """(M, K, 2) points between the edges and a little beyond, on curves through the stations."""
    stations = np.arange(len(edges))
    fine = np.linspace(0, len(edges) - 1, 8 * (len(edges) - 1) + 1)
    curve = PchipInterpolator(stations, edges.reshape(len(edges), -1))(fine).reshape(-1, 2, 2)
    across = np.linspace(-0.14, 1.14, 9)[None, :, None]
    return curve[:, :1] * (1 - across) + curve[:, 1:] * across


def _looked_up(
    color: np.ndarray, alpha: np.ndarray, at: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """(..., 3) colors and (...) cover at rows and columns of the photo, which may lie between
    pixels; beyond its edge nothing covers.
    """
    cover = ndimage.map_coordinates(alpha, at, order=1, mode="constant", cval=0.0)
    channels = [
        ndimage.map_coordinates(color[..., channel], at, order=1, mode="nearest")
        for channel in range(3)
    ]
    return np.stack(channels, axis=-1), np.clip(cover, 0, 1)
