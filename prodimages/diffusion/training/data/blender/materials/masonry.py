"""Paving, brick and tiled walls, and paneled ones."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph, away
from prodimages.diffusion.training.data.colors import Color, linear, lit


def paving(g: Graph, color: Color, rng: random.Random) -> Any:
    return _laid(
        g,
        color,
        rng,
        width=rng.uniform(0.28, 0.5),
        height=rng.uniform(0.2, 0.36),
        joint=0.007,
        tint=0.28,
        mortar=lit(color, 0.5),
        rough=0.85,
        relief=0.006,
    )


def brick(g: Graph, color: Color, rng: random.Random) -> Any:
    return _laid(
        g,
        color,
        rng,
        width=0.25,
        height=0.075,
        joint=0.006,
        tint=0.5,
        mortar=linear(rng.choice(("#b9aea0", "#d8d2c6", "#8f867c"))),
        rough=0.9,
        relief=0.008,
    )


def _laid(
    g: Graph,
    color: Color,
    rng: random.Random,
    *,
    width: float,
    height: float,
    joint: float,
    tint: float,
    mortar: Color,
    rough: float,
    relief: float,
) -> Any:
    where = g.at((1, 1, 1), away(rng))
    bricks = g.add(
        "TexBrick", {"offset": 0.5}, Vector=where, Scale=1.0, Color1=lit(color, 1 - tint),
        Color2=lit(color, 1 + tint), Mortar=mortar, Mortar_Size=joint, Mortar_Smooth=0.25,
        Brick_Width=width, Row_Height=height,
    )  # fmt: skip
    stone = g.noise(14, detail=8, rough=0.7, vector=where)
    spots = g.ramp(stone, (0.3, (0.75, 0.75, 0.75)), (0.7, (1.15, 1.15, 1.15)))
    base = g.mix(0.8, bricks.outputs["Color"], spots, "MULTIPLY")
    h = g.math("SUBTRACT", g.math("MULTIPLY", stone, 0.35), bricks.outputs["Fac"])
    return g.principled(base, rough, g.bump(h, relief))


def tile(g: Graph, color: Color, rng: random.Random) -> Any:
    square = rng.random() < 0.5
    side = rng.uniform(0.05, 0.1)
    where = g.at((1, 1, 1), away(rng))
    grout = linear(rng.choice(("#d9d6d0", "#efede8", "#a9a49c")))
    tiles = g.add(
        "TexBrick", {"offset": 0.0 if square else 0.5}, Vector=where, Scale=1.0,
        Color1=lit(color, 0.95), Color2=lit(color, 1.05), Mortar=grout, Mortar_Size=0.0022,
        Mortar_Smooth=0.5, Brick_Width=side if square else 2 * side, Row_Height=side,
    )  # fmt: skip
    wavy = g.noise(9, detail=1, vector=where)
    seam = tiles.outputs["Fac"]
    normal = g.bump(g.math("SUBTRACT", g.math("MULTIPLY", wavy, 0.5), seam), 0.0016)
    shine = g.math("ADD", rng.choice((0.1, 0.3)), g.math("MULTIPLY", seam, 0.5))
    return g.principled(tiles.outputs["Color"], shine, normal)


def panel(g: Graph, color: Color, rng: random.Random) -> Any:
    """Painted upright boards or ribs."""
    pitch = rng.choice((0.035, 0.09, 0.14))
    x = g.add("SeparateXYZ", Vector=g.where).outputs[0]
    share = g.math("FRACT", g.math("ADD", g.math("DIVIDE", x, pitch), 50.0))
    distance = g.math("ABSOLUTE", g.math("SUBTRACT", share, 0.5))
    groove = 0.44 if pitch > 0.05 else 0.2
    height = g.ramp(distance, (groove, (1, 1, 1)), (0.5, (0, 0, 0)))
    base = g.mix(height, lit(color, 0.55), lit(color, 1.0))
    return g.principled(base, 0.5, g.bump(height, 0.006 if pitch > 0.05 else 0.009))
