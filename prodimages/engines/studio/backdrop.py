"""Distant backdrops that are out of focus: evening lights and a garden."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.pixels import blur, resize


def evening(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) linear: a dark room with discs of warm light, most of them low."""
    height, width = shape
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    glow = np.exp(-(((y - 0.75) / 0.4) ** 2))
    picture = linear("#1b1613") + glow[..., None] * linear("#4a3322") * np.float32(0.6)
    picture = np.broadcast_to(picture, (height, width, 3)).copy()
    picture += 0.5 * _mottle(shape, rng, 5, ("#2a1d16", "#0d0b0c", "#3a2718"))
    colors = [linear(c) for c in ("#ffb45e", "#ffc98a", "#ff9a45", "#ffd9ae", "#e98a58", "#9fb4d8")]
    for _ in range(64):
        color = colors[int(rng.choice(6, p=(0.28, 0.24, 0.18, 0.18, 0.08, 0.04)))]
        where = rng.uniform(0, width), height * float(np.clip(rng.normal(0.55, 0.28), 0, 1))
        radius = 0.021 * width * rng.uniform(0.75, 1.25)
        _disc(picture, where, radius, color * np.float32(rng.gamma(1.6, 0.16)))
    return picture


def garden(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) linear: foliage in the sun, bright above, with sparkles between leaves."""
    height, width = shape
    greens = ("#4f6340", "#7f9560", "#34462f", "#a9b487", "#5f7350", "#d5d6b4")
    picture = _mottle(shape, rng, 4, greens) * 0.55 + _mottle(shape, rng, 9, greens) * 0.45
    y = np.linspace(1, 0, height, dtype=np.float32)[:, None, None]
    picture = picture * (0.75 + 0.5 * y) + linear("#f1efd8") * (0.30 * y**2.2)
    for _ in range(70):
        where = rng.uniform(0, width), height * float(rng.beta(1.3, 2.0))
        color = linear("#f4f2c4" if rng.random() < 0.6 else "#c9dc8c")
        radius = 0.019 * width * float(np.exp(rng.normal(0, 0.35)))
        _disc(picture, where, radius, color * np.float32(rng.gamma(1.4, 0.075)))
    return picture


def _mottle(
    shape: tuple[int, int], rng: np.random.Generator, cells: int, colors: tuple[str, ...]
) -> np.ndarray:
    """Patches of ``colors`` that melt into each other."""
    rows = max(3, round(cells * shape[0] / shape[1]))
    palette = np.stack([linear(color) for color in colors])
    chosen = palette[rng.integers(0, len(palette), (rows + 2, cells + 2))]
    return np.maximum(resize(chosen.astype(np.float32), shape), 0)


def _disc(
    picture: np.ndarray, where: tuple[float, float], radius: float, color: np.ndarray
) -> None:
    """Add an out-of-focus point: an even disc, a little brighter at its rim."""
    x, y = where
    top, bottom = max(int(y - radius) - 2, 0), min(int(y + radius) + 3, picture.shape[0])
    left, right = max(int(x - radius) - 2, 0), min(int(x + radius) + 3, picture.shape[1])
    if top >= bottom or left >= right:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5 - y
    columns = np.arange(left, right, dtype=np.float32)[None, :] + 0.5 - x
    distance = np.hypot(rows, columns)
    soft = max(1.0, 0.06 * radius)
    disc = np.clip((radius - distance) / soft + 0.5, 0, 1)
    disc *= 0.82 + 0.25 * np.clip(distance / radius, 0, 1) ** 4
    picture[top:bottom, left:right] += disc[..., None] * color


def soften(picture: np.ndarray) -> np.ndarray:
    """Take the last hard edge off discs."""
    return blur(picture, max(0.6, 0.0012 * picture.shape[1]))
