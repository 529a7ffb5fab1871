"""What the product stands on and before, in which colors, and what lies about."""

from __future__ import annotations

import random

from prodimages.engines.studio.vocabulary import COLORS, DYEABLE, NATURAL

TABLES = ("oak", "walnut", "painted", "marble", "concrete", "linen", "terrazzo", "slate", "paper")
WALLS = ("plaster", "plaster", "concrete", "tile", "brick", "panel")
FLOORS = (*TABLES, "paving", "sand", "snow")
DISTANT = {
    "bokeh": ("walnut", "oak", "marble", "slate"),
    "festive": ("walnut", "oak", "linen", "painted"),
    "garden": ("oak", "paving", "painted", "linen", "marble", "concrete"),
    "blossom": ("painted", "oak", "linen", "marble"),
    "autumn": ("walnut", "oak", "paving"),
    "winter": ("snow", "painted", "oak"),
    "sea": ("sand", "painted", "oak", "concrete"),
}
"""What is far away, and the surfaces that are seen before it."""
OWN_COLORS = frozenset({"brick"}) | DISTANT.keys()
"""Walls that no one asks another color of."""
CALM = (
    *("white", "off-white", "ivory", "cream", "beige", "sand", "taupe", "sage", "blush", "peach"),
    *("light gray", "gray", "light blue", "mint", "lavender", "terracotta"),
)
"""What studios paint most walls with."""


def surface_and_wall(kind: str, rng: random.Random) -> tuple[str, str | None]:
    """What the product stands on, and the wall or what is far away behind it."""
    if kind in ("seamless", "gradient", "podium"):
        return "paper", None
    if kind == "floor":
        return rng.choice(FLOORS), None
    if kind == "wall":
        return "paper", rng.choice(WALLS)
    if kind == "outdoor":
        distant = rng.choice(list(DISTANT))
        return rng.choice(DISTANT[distant]), distant
    if kind == "shelf":
        return rng.choice(("oak", "walnut", "painted", "marble", "concrete")), rng.choice(WALLS)
    return rng.choice(TABLES), rng.choice(WALLS)


def any_color(rng: random.Random) -> str:
    """Calm colors more often than the loud ones; every name now and then."""
    return rng.choice(CALM) if rng.random() < 0.45 else rng.choice(list(COLORS))


def surface_color_of(kind: str, surface: str, rng: random.Random) -> str | None:
    """The dye or, of what keeps its own color, none."""
    if surface == "marble" and rng.random() < 0.55:
        return rng.choice(("white", "white", "light gray", "cream", "black"))
    if surface == "concrete" and rng.random() < 0.6:
        return rng.choice(("gray", "light gray", "taupe"))
    if surface in ("linen", "painted", "terrazzo") and rng.random() < 0.3:
        return rng.choice(("white", "off-white", "cream", "beige"))
    if surface in DYEABLE:
        return any_color(rng)
    return rng.choice(sorted(NATURAL[surface])) if surface in ("slate", "paving", "sand") else None


def wall_color_of(kind: str, wall: str | None, rng: random.Random) -> str | None:
    """The paint or, of what keeps its own color, none."""
    if wall is None or wall in OWN_COLORS:
        return None
    if wall == "tile" and rng.random() < 0.45:
        return rng.choice(("white", "off-white", "light gray"))
    if wall == "concrete" and rng.random() < 0.6:
        return rng.choice(("gray", "light gray", "dark gray", "taupe"))
    return any_color(rng)


def scatter_of(kind: str, wall: str | None, surface: str, rng: random.Random) -> str:
    if wall == "blossom":
        return rng.choice(("petals", "petals", "none"))
    if wall == "autumn":
        return rng.choice(("leaves", "leaves", "none"))
    if kind in ("tabletop", "floor") and rng.random() < 0.06:
        return rng.choice(("petals", "leaves"))
    return "none"
