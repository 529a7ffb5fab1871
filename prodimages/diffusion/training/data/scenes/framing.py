"""The camera's height, the blur of the backdrop, and where the product is in the frame."""

from __future__ import annotations

import random
from typing import Any


def elevation_of(kind: str, rng: random.Random) -> float:
    """The camera's height in degrees: 0 is level, 90 straight from above."""
    if kind == "wall":
        return 0.0
    if kind == "floor":
        return rng.choice((rng.uniform(36, 62), rng.uniform(62, 88), 90.0, 90.0))
    if kind == "shelf":
        return rng.uniform(0, 14)
    if kind == "outdoor":
        return rng.triangular(2, 22, 8)
    return rng.triangular(3, 35, 10)


def depth_of(
    kind: str, elevation: float, wall: str | None, rng: random.Random
) -> tuple[str, float, float]:
    """How blurred the backdrop is, in words and pixels, and how far behind it is."""
    if kind in ("floor", "wall"):
        return "none", 0.0, 1.0
    if kind == "outdoor":
        return "strong", rng.uniform(7, 15), rng.uniform(4, 7)
    if kind == "shelf":
        blur = rng.choice(("none", "soft"))
        return blur, rng.uniform(0.3, 0.8) if blur == "none" else rng.uniform(1.2, 2.5), 0.5
    blur = rng.choices(("none", "soft", "strong"), (0.2, 0.42, 0.38))[0]
    low, high = {"none": (0.3, 0.9), "soft": (2.0, 5.0), "strong": (6.0, 13.0)}[blur]
    gap = rng.uniform(0.75, 1.3) if blur == "none" else rng.uniform(1.0, 2.6)
    if elevation > 16:
        gap = min(gap, 1.5)
    return blur, rng.uniform(low, high), gap


def placement_of(kind: str, rng: random.Random) -> dict[str, Any]:
    """Where the product is in the frame, as the place step would put it, with some play."""
    centered = kind in ("floor", "wall")
    fill = {"podium": (0.42, 0.56), "floor": (0.55, 0.88), "wall": (0.6, 0.88)}.get(
        kind, (0.48, 0.75)
    )
    ground = rng.gauss(0.76 if kind == "podium" else 0.82, 0.02)
    share = rng.uniform(*fill)
    room = (1 - share) / 2 - 0.015
    shift = rng.gauss(0, 0.06) if rng.random() < 0.3 else 0.0
    return {
        "fill": share,
        "ground": min(max(ground, 0.7), 0.92),
        "shift": min(max(shift, -room), room),
        "centered": centered,
    }
