"""Rows of numbers that the tracer reads a material from; ``look`` in tracer.cu has their order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from prodimages.diffusion.training.data.colors import (
    SURFACE_COLORS,
    TERRAZZO_CHIPS,
    Color,
    linear,
    lit,
    mixed,
)

KINDS = (
    *("plain", "paper", "plaster", "wood", "painted", "marble", "concrete", "linen", "terrazzo"),
    *("slate", "laid", "panel", "sand", "snow", "cloth", "leather", "shining"),
)
ROLES = ("other", "product", "surface", "wall")
WIDTH = 40
"""Numbers a row."""


def row(
    kind: str,
    role: str,
    color: Color,
    *,
    rough: float = 0.8,
    metallic: float = 0.0,
    specular: float = 0.5,
    opacity: float = 1.0,
    second: Color = (0.0, 0.0, 0.0),
    third: Color = (0.0, 0.0, 0.0),
    numbers: Sequence[float] = (),
    upright: bool = False,
    turn: float = 0.0,
    offset: Sequence[float] = (0.0, 0.0, 0.0),
) -> np.ndarray:
    out = np.zeros(WIDTH, np.float32)
    out[:2] = KINDS.index(kind), ROLES.index(role)
    out[2:5], out[5:8], out[8:11] = color, second, third
    out[11:17] = rough, metallic, specular, opacity, upright, turn
    out[17:20] = offset
    out[20 : 20 + len(numbers)] = numbers
    return out


def surface(
    name: str,
    color: str | None,
    role: str,
    rng: random.Random,
    *,
    upright: bool = False,
    turn: float = 0.0,
) -> np.ndarray:
    """The material ``name``, dyed ``color`` (``#rrggbb``) where given."""
    base = linear(color or SURFACE_COLORS.get(name, "#e4dfd5"))
    kind, dyed, more = _SURFACES[name](base, rng)
    away = [rng.uniform(-20, 20) for _axis in range(3)]
    role = role if role in ROLES else "other"
    return row(kind, role, dyed, upright=upright, turn=turn, offset=away, **more)


Recipe = tuple[str, Color, dict[str, Any]]


def _paper(c: Color, rng: random.Random) -> Recipe:
    return "paper", c, {"rough": 0.92, "specular": 0.25, "numbers": (rng.uniform(1.0, 2.5),)}


def _plaster(c: Color, rng: random.Random) -> Recipe:
    numbers = (
        rng.uniform(1.2, 3.0),
        rng.uniform(9, 22),
        rng.choice((0.03, 0.06, 0.12)),
        rng.choice((0.001, 0.003, 0.005)),
        rng.uniform(0.2, 1.0),
    )
    return "plaster", c, {"rough": 0.9, "specular": 0.3, "numbers": numbers}


def _wood(c: Color, rng: random.Random, width: float, contrast: float, rough: float) -> Recipe:
    numbers = (rng.uniform(1.2, 2.2), width, contrast, rng.uniform(3, 7), 0.28, 1.0)
    return "wood", c, {"rough": rough, "numbers": numbers}


def _oak(c: Color, rng: random.Random) -> Recipe:
    tone = lit(mixed(c, linear("#d8b48a"), rng.random() * 0.7), rng.uniform(0.85, 1.12))
    return _wood(
        tone, rng, rng.choice((0.12, 0.18, 0.9)), rng.uniform(0.18, 0.34), rng.uniform(0.4, 0.6)
    )


def _walnut(c: Color, rng: random.Random) -> Recipe:
    tone = lit(mixed(c, linear("#4a2f20"), rng.random() * 0.6), rng.uniform(0.85, 1.15))
    return _wood(
        tone, rng, rng.choice((0.11, 0.17, 0.9)), rng.uniform(0.22, 0.4), rng.uniform(0.35, 0.55)
    )


def _painted(c: Color, rng: random.Random) -> Recipe:
    numbers = (rng.uniform(0.07, 0.14), rng.uniform(0.0015, 0.003), rng.choice((0, 0, 0.5)))
    more = {"rough": rng.uniform(0.45, 0.7), "second": linear("#a9855c"), "numbers": numbers}
    return "painted", c, more


def _marble(c: Color, rng: random.Random) -> Recipe:
    dark = sum(c) < 0.4
    vein = (0.7, 0.68, 0.64) if dark else lit(mixed(c, (0.3, 0.29, 0.28), 0.75), 1.0)
    numbers = (
        rng.uniform(2, 4), rng.uniform(1.6, 3.2), rng.uniform(4, 8), 0.7, 0.4,
        rng.uniform(0.4, 1.1), rng.uniform(0.6, 1.6),
    )  # fmt: skip
    return (
        "marble",
        c,
        {"rough": rng.choice((0.14, 0.28, 0.45)), "second": vein, "numbers": numbers},
    )


def _concrete(c: Color, rng: random.Random) -> Recipe:
    numbers = (rng.uniform(2, 4), rng.uniform(0.05, 0.12))
    return "concrete", c, {"rough": rng.uniform(0.6, 0.85), "numbers": numbers}


def _linen(c: Color, rng: random.Random) -> Recipe:
    numbers = (rng.uniform(550, 900), rng.uniform(2.5, 5), rng.choice((0.002, 0.006, 0.012)))
    return "linen", c, {"rough": 0.95, "specular": 0.15, "numbers": numbers}


def _terrazzo(c: Color, rng: random.Random) -> Recipe:
    chips = [linear(one) for one in rng.sample(TERRAZZO_CHIPS, 3)]
    scales = (rng.uniform(34, 52), rng.uniform(60, 95), rng.uniform(100, 150))
    more = {"second": chips[0], "third": chips[1], "numbers": (*scales, 0.0, *chips[2])}
    return "terrazzo", c, more | {"rough": rng.choice((0.2, 0.4, 0.6))}


def _slate(c: Color, rng: random.Random) -> Recipe:
    return "slate", c, {"rough": rng.uniform(0.5, 0.7), "numbers": (rng.uniform(4, 9),)}


def _paving(c: Color, rng: random.Random) -> Recipe:
    numbers = (rng.uniform(0.28, 0.5), rng.uniform(0.2, 0.36), 0.009, 0.5, 0.25, 0.006, 14, 0.7)
    return "laid", c, {"rough": 0.85, "second": lit(c, 0.5), "numbers": numbers}


def _brick(c: Color, rng: random.Random) -> Recipe:
    mortar = linear(rng.choice(("#b9aea0", "#d8d2c6", "#8f867c")))
    numbers = (0.25, 0.075, 0.011, 0.5, 0.42, 0.007, 14, 0.9)
    return "laid", c, {"rough": 0.9, "second": mortar, "numbers": numbers}


def _tile(c: Color, rng: random.Random) -> Recipe:
    square = rng.random() < 0.5
    side = rng.uniform(0.05, 0.1)
    grout = linear(rng.choice(("#d9d6d0", "#efede8", "#a9a49c")))
    numbers = (
        side * (1 if square else 2),
        side,
        0.003,
        0 if square else 0.5,
        0.05,
        0.0015,
        6,
        0.05,
        0.4,
    )
    return "laid", c, {"rough": rng.choice((0.15, 0.35)), "second": grout, "numbers": numbers}


def _panel(c: Color, rng: random.Random) -> Recipe:
    pitch = rng.choice((0.035, 0.09, 0.14))
    numbers = (pitch, 0.44, 0.006) if pitch > 0.05 else (pitch, 0.2, 0.009)
    return "panel", c, {"rough": 0.5, "numbers": numbers}


def _sand(c: Color, rng: random.Random) -> Recipe:
    return "sand", c, {"rough": 0.95, "specular": 0.2, "numbers": (rng.uniform(5, 12), 0.012)}


def _snow(c: Color, rng: random.Random) -> Recipe:
    return "snow", lit(c, 0.98), {"rough": 0.75, "numbers": (rng.uniform(4, 9), 0.015)}


_SURFACES: dict[str, Callable[[Color, random.Random], Recipe]] = {
    "paper": _paper, "plaster": _plaster, "oak": _oak, "walnut": _walnut, "painted": _painted,
    "marble": _marble, "concrete": _concrete, "linen": _linen, "terrazzo": _terrazzo,
    "slate": _slate, "paving": _paving, "sand": _sand, "snow": _snow, "brick": _brick,
    "tile": _tile, "panel": _panel,
}  # fmt: skip


def product(kind: str, color: str, rng: random.Random, role: str = "product") -> np.ndarray:
    """What a part of a product is made of."""
    base = lit(linear(color), 1.0)
    role = role if role in ROLES else "other"
    if kind in ("glass", "tinted glass"):
        return row("plain", role, base, rough=0.1, opacity=0.4 if kind == "glass" else 0.6)
    if kind == "cloth":
        return row("cloth", role, base, rough=0.95, specular=0.2)
    if kind == "leather":
        return row("leather", role, base, rough=rng.uniform(0.4, 0.6))
    if kind == "wood":
        tone = mixed(base, linear("#b58a5a"), 0.75)
        away = [rng.uniform(-20, 20) for _axis in range(3)]
        return row("wood", role, tone, rough=0.5, numbers=(2, 0.9, 0.22, 5, 0.1, 0.0), offset=away)
    if kind in ("metal", "metal paint"):
        metallic = 1.0 if kind == "metal" else 0.55
        return row("plain", role, base, rough=rng.uniform(0.25, 0.45), metallic=metallic)
    if kind == "ceramic":
        return row("plain", role, base, rough=rng.choice((0.15, 0.35, 0.7)))
    rough = {"gloss": 0.12, "plastic": 0.35, "wax": 0.5, "leaf": 0.5}.get(kind, 0.8)
    return row("plain", role, base, rough=rough)
