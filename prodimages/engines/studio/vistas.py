"""What is far away: chooses the backdrop, and paints the wide views, sea and snowy trees."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.backdrop import FOLIAGE, LIGHTS, disc, foliage, lights, mottle
from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import smoothstep
from prodimages.engines.studio.noise import lookup
from prodimages.engines.studio.pixels import blur

_SEA = ((0.0, "#5f9fbd"), (0.45, "#6fb3bf"), (0.80, "#93cbc6"), (0.93, "#cfe3d6"), (1.0, "#e4d9bf"))
"""From the farthest water that is seen to wet sand."""


def paint(
    kind: str, shape: tuple[int, int], rng: np.random.Generator, horizon: float
) -> np.ndarray:
    """(h, w, 3) linear light of the backdrop ``kind``; ``horizon`` is its row in pixels."""
    if kind in LIGHTS:
        return lights(LIGHTS[kind], shape, rng)
    if kind in FOLIAGE:
        return foliage(FOLIAGE[kind], shape, rng)
    return sea(shape, rng, horizon) if kind == "sea" else winter(shape, rng)


def sea(shape: tuple[int, int], rng: np.random.Generator, horizon: float) -> np.ndarray:
    """(h, w, 3) linear: sky down to the row ``horizon``, then water that ends in surf below."""
    height, width = shape
    rows = np.arange(height, dtype=np.float32)[:, None] + 0.5
    first = min(max(horizon, 0.0), 0.75 * height)
    depth = np.clip((rows - first) / max(height - first, 1.0), 0, 1)
    places = [place for place, _color in _SEA]
    shades = np.stack([linear(color) for _place, color in _SEA])
    bands = [np.interp(depth[:, 0], places, shades[:, i]) for i in range(3)]
    water = np.broadcast_to(np.stack(bands, axis=-1)[:, None], (height, width, 3))
    x = np.arange(width, dtype=np.float32)[None, :] / width
    at = rng.random(2)
    swell = lookup(
        "pink",
        x * 14,
        depth**0.6 * 60,
        period=40,
        footprint=0.3,
        offset=(float(at[0]), float(at[1])),
    )
    picture = water * (1 + 0.07 * swell)[..., None]
    line = 0.90 + 0.02 * lookup("cloud", x * 20, rows * 0, period=40, footprint=0.5)
    surf = np.exp(-(((depth - line) / 0.022) ** 2)) + 0.5 * np.exp(
        -(((depth - line + 0.13) / 0.03) ** 2)
    )
    picture = picture + (linear("#f7f9f6") - picture) * np.clip(0.75 * surf, 0, 1)[..., None]
    sky = linear("#dfeaf0") + (linear("#a9cbe2") - linear("#dfeaf0")) * np.clip(
        1 - rows / max(first, 1.0), 0, 1
    )[..., None] * np.float32(0.8)
    over = smoothstep(first - 0.012 * height, first + 0.012 * height, rows)[..., None]
    picture = (sky + (picture - sky) * over).astype(np.float32)
    for _ in range(60):
        where = rng.uniform(0, width), first + (height - first) * float(rng.beta(1.2, 2.2)) * 0.85
        radius = 0.009 * width * float(np.exp(rng.normal(0, 0.4)))
        disc(picture, where, radius, linear("#fff6df") * np.float32(rng.gamma(1.3, 0.07)))
    return blur(picture, 0.006 * width)


def winter(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) linear: firs under snow before a pale sky, and flakes in the air."""
    height, width = shape
    haze = mottle(shape, rng, 5, ("#c3d0dc", "#dbe4ec", "#b3c3d2", "#e8eef3"))
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = haze * (1.05 - 0.15 * y)[..., None]
    for far in (0.55, 0.30):
        firs = blur(_firs(shape, rng, far), 0.011 * width * (1.3 - far))
        color = linear("#52687a") * np.float32(1 - far) + linear("#c9d6e1") * np.float32(far)
        picture = picture + (color - picture) * (firs * np.float32(0.9 - 0.5 * far))[..., None]
    ground = smoothstep(0.86, 1.0, y)[..., None]
    picture = (picture + (linear("#e6edf4") - picture) * ground).astype(np.float32)
    for _ in range(110):
        where = rng.uniform(0, width), rng.uniform(0, height)
        radius = 0.0075 * width * float(np.exp(rng.normal(0, 0.55)))
        disc(picture, where, radius, linear("#ffffff") * np.float32(rng.gamma(1.5, 0.06)))
    return picture


def _firs(shape: tuple[int, int], rng: np.random.Generator, far: float) -> np.ndarray:
    """(h, w) 0..1: a row of firs, the smaller the farther."""
    height, width = shape
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    columns = np.arange(width, dtype=np.float32)[None, :] / width
    trees = np.zeros(shape, np.float32)
    count = round(5 + 8 * far)
    for number in range(count):
        middle = (number + float(rng.uniform(0.1, 0.9))) / count
        top = float(rng.uniform(-0.25, 0.45)) + 0.5 * far
        slope = float(rng.uniform(0.10, 0.15)) * (1.2 - 0.5 * far)
        down = np.maximum(rows - top, 0)
        tiers = 1 + 0.35 * (down * 11 - np.floor(down * 11))
        trees = np.maximum(trees, (np.abs(columns - middle) < slope * down * tiers).astype("f4"))
    return trees
