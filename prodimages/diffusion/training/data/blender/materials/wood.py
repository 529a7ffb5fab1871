"""Planks of oak, walnut and painted wood."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph, away
from prodimages.diffusion.training.data.colors import Color, linear, lit, mixed


def timber(g: Graph, color: Color, rng: random.Random, *, planks: float, contrast: float) -> Any:
    """Boards along x, ``planks`` m wide: fibers, growth rings and a tone for each board."""
    along = rng.uniform(1.2, 2.2)
    where = g.at((1, 1, 1), away(rng))
    boards = g.add(
        "TexBrick",
        {"offset": rng.uniform(0.25, 0.5), "offset_frequency": 2},
        Vector=where,
        Scale=1.0,
        Color1=(0.0, 0.0, 0.0),
        Color2=(1.0, 1.0, 1.0),
        Mortar=(0.5, 0.5, 0.5),
        Mortar_Size=0.0008,
        Mortar_Smooth=0.2,
        Brick_Width=along,
        Row_Height=planks,
    )
    tone, seam = boards.outputs["Color"], boards.outputs["Fac"]
    # Each board is cut from elsewhere in the tree.
    jump = g.add("VectorMath", {"operation": "SCALE"}, Vector=tone, Scale=7.3).outputs[0]
    moved = g.add("VectorMath", {"operation": "ADD"}, Vector=where).outputs[0]
    g.plug(moved.node.inputs[1], jump)
    stretched = g.add("Mapping", Vector=moved, Scale=(0.55, 7.0, 7.0)).outputs[0]
    rings = g.noise(2.2, detail=3, distort=1.1, vector=stretched)
    rings = g.math("FRACT", g.math("MULTIPLY", rings, rng.uniform(4, 8)))
    rings = g.math("PINGPONG", rings, 0.5)
    fine = g.add("Mapping", Vector=moved, Scale=(6.0, 160.0, 160.0)).outputs[0]
    fibers = g.noise(1.0, detail=5, rough=0.7, vector=fine)
    grain = g.math("ADD", g.math("MULTIPLY", rings, 1.1), g.math("MULTIPLY", fibers, 0.55))
    dark, light = lit(color, 1 - contrast), lit(color, 1 + 0.7 * contrast)
    base = g.ramp(grain, (0.18, light), (0.95, dark))
    base = g.mix(g.math("MULTIPLY", tone, 0.30), base, lit(color, 0.72))
    base = g.mix(g.math("MULTIPLY", seam, 0.75), base, lit(color, 0.25))
    height = g.math("SUBTRACT", g.math("MULTIPLY", fibers, 0.25), g.math("MULTIPLY", seam, 2.0))
    return g.principled(base, rng.uniform(0.34, 0.6), g.bump(height, 0.0006))


def oak(g: Graph, color: Color, rng: random.Random) -> Any:
    tone = lit(mixed(color, linear("#d8b48a"), rng.random() * 0.7), rng.uniform(0.85, 1.12))
    return timber(
        g, tone, rng, planks=rng.choice((0.12, 0.18, 0.9)), contrast=rng.uniform(0.16, 0.3)
    )


def walnut(g: Graph, color: Color, rng: random.Random) -> Any:
    tone = lit(mixed(color, linear("#4a2f20"), rng.random() * 0.6), rng.uniform(0.85, 1.15))
    return timber(
        g, tone, rng, planks=rng.choice((0.11, 0.17, 0.9)), contrast=rng.uniform(0.2, 0.36)
    )


def painted(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    boards = g.add(
        "TexBrick",
        {"offset": 0.4},
        Vector=where,
        Scale=1.0,
        Color1=(0.0, 0.0, 0.0),
        Color2=(1.0, 1.0, 1.0),
        Mortar=(0.0, 0.0, 0.0),
        Mortar_Size=rng.uniform(0.001, 0.0025),
        Mortar_Smooth=0.3,
        Brick_Width=2.6,
        Row_Height=rng.uniform(0.07, 0.14),
    )
    tone, seam = boards.outputs["Color"], boards.outputs["Fac"]
    fibers = g.noise(1.0, detail=4, vector=g.at((5, 120, 120), away(rng)))
    worn = rng.choice((0.0, 0.0, 0.5))
    base = g.mix(g.math("MULTIPLY", tone, 0.10), lit(color, 1.03), lit(color, 0.85))
    if worn:
        bare = g.ramp(
            g.noise(1.2, detail=6, vector=g.at((2, 14, 14))), (0.60, (0, 0, 0)), (0.72, (1, 1, 1))
        )
        base = g.mix(g.math("MULTIPLY", bare, worn), base, linear("#a9855c"))
    base = g.mix(g.math("MULTIPLY", seam, 0.6), base, lit(color, 0.3))
    height = g.math("SUBTRACT", g.math("MULTIPLY", fibers, 0.3), g.math("MULTIPLY", seam, 2.5))
    return g.principled(base, rng.uniform(0.4, 0.65), g.bump(height, 0.0007))
