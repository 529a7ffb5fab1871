"""Distant backdrops that are out of focus: lights in the dark, and foliage of all seasons."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.pixels import blur, resize


@dataclasses.dataclass(frozen=True)
class Lights:
    """Discs of light in a dark room."""

    ground: str
    glow: str
    mottle: tuple[str, str, str]
    colors: tuple[tuple[str, float], ...]
    """Each with its share."""
    count: int
    radius: float
    """Of a disc, as a share of the picture's width."""


@dataclasses.dataclass(frozen=True)
class Foliage:
    """Leaves or blossoms in the sun, bright above, with sparkles between them."""

    colors: tuple[str, ...]
    sky: str
    sparkles: tuple[str, str]
    count: int
    strength: float
    """Of the sparkles."""


LIGHTS = {
    "bokeh": Lights(
        "#1b1613",
        "#4a3322",
        ("#2a1d16", "#0d0b0c", "#3a2718"),
        (
            *(("#ffb45e", 0.28), ("#ffc98a", 0.24), ("#ff9a45", 0.18), ("#ffd9ae", 0.18)),
            *(("#e98a58", 0.08), ("#9fb4d8", 0.04)),
        ),
        64,
        0.021,
    ),
    "festive": Lights(
        "#121a14",
        "#2f3a24",
        ("#16251a", "#0b100c", "#2c2016"),
        (
            *(("#ffcf86", 0.38), ("#ffb45e", 0.22), ("#e2453a", 0.18), ("#fff1d6", 0.12)),
            ("#5f9a5c", 0.10),
        ),
        52,
        0.028,
    ),
}
AT_NIGHT = frozenset(LIGHTS)
"""Backdrops with a light of their own, that the scene's exposure does not change."""
FOLIAGE = {
    "garden": Foliage(
        ("#4f6340", "#7f9560", "#34462f", "#a9b487", "#5f7350", "#d5d6b4"),
        "#f1efd8",
        ("#f4f2c4", "#c9dc8c"),
        70,
        0.075,
    ),
    "blossom": Foliage(
        ("#e9c3cb", "#f4dde0", "#d9a3b0", "#f7eceb", "#c3cfb2", "#eed2d6"),
        "#f2ecf2",
        ("#fff4f4", "#f6c3cf"),
        95,
        0.085,
    ),
    "autumn": Foliage(
        ("#8a5426", "#c9862f", "#5b3a22", "#d9a449", "#96431f", "#6b6232"),
        "#f6dfae",
        ("#ffd98c", "#f0a04b"),
        80,
        0.095,
    ),
}


def lights(look: Lights, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) linear: a dark room with discs of light, most of them low."""
    height, width = shape
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    glow = np.exp(-(((y - 0.75) / 0.4) ** 2))
    picture = linear(look.ground) + glow[..., None] * linear(look.glow) * np.float32(0.6)
    picture = np.broadcast_to(picture, (height, width, 3)).copy()
    picture += 0.5 * mottle(shape, rng, 5, look.mottle)
    colors = [linear(color) for color, _share in look.colors]
    shares = [share for _color, share in look.colors]
    for _ in range(look.count):
        color = colors[int(rng.choice(len(colors), p=shares))]
        where = rng.uniform(0, width), height * float(np.clip(rng.normal(0.55, 0.28), 0, 1))
        radius = look.radius * width * rng.uniform(0.75, 1.25)
        disc(picture, where, radius, color * np.float32(rng.gamma(1.6, 0.16)))
    return picture


def foliage(look: Foliage, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) linear: foliage in the sun."""
    height, width = shape
    colors = look.colors
    picture = mottle(shape, rng, 4, colors) * 0.55 + mottle(shape, rng, 9, colors) * 0.45
    y = np.linspace(1, 0, height, dtype=np.float32)[:, None, None]
    picture = picture * (0.75 + 0.5 * y) + linear(look.sky) * (0.30 * y**2.2)
    for _ in range(look.count):
        where = rng.uniform(0, width), height * float(rng.beta(1.3, 2.0))
        color = linear(look.sparkles[0] if rng.random() < 0.6 else look.sparkles[1])
        radius = 0.019 * width * float(np.exp(rng.normal(0, 0.35)))
        disc(picture, where, radius, color * np.float32(rng.gamma(1.4, look.strength)))
    return picture


def mottle(
    shape: tuple[int, int], rng: np.random.Generator, cells: int, colors: tuple[str, ...]
) -> np.ndarray:
    """Patches of ``colors`` that melt into each other."""
    rows = max(3, round(cells * shape[0] / shape[1]))
    palette = np.stack([linear(color) for color in colors])
    chosen = palette[rng.integers(0, len(palette), (rows + 2, cells + 2))]
    return np.maximum(resize(chosen.astype(np.float32), shape), 0)


def disc(picture: np.ndarray, where: tuple[float, float], radius: float, color: np.ndarray) -> None:
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
