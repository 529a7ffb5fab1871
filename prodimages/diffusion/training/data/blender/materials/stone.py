"""Marble, concrete, slate and terrazzo."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph, away
from prodimages.diffusion.training.data.colors import TERRAZZO_CHIPS, Color, linear, lit, mixed


def marble(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, rng.uniform(0.6, 1.6), 1), away(rng))
    turned = g.add("Mapping", Vector=where, Rotation=(0.0, 0.0, rng.uniform(0, 3.1))).outputs[0]
    dark = sum(color) < 0.4
    vein = lit(mixed(color, (0.3, 0.29, 0.28), 0.75), 1.0) if not dark else (0.7, 0.68, 0.64)
    cloud = g.noise(rng.uniform(2.0, 4.0), detail=6, rough=0.6, distort=0.6, vector=turned)
    base = g.ramp(cloud, (0.3, lit(color, 0.93)), (0.65, lit(color, 1.04)))
    for scale, width, strength in (
        (rng.uniform(1.6, 3.2), 0.022, 0.7),
        (rng.uniform(4, 8), 0.014, 0.4),
    ):
        field = g.noise(scale, detail=7, rough=0.55, distort=rng.uniform(0.6, 1.8), vector=turned)
        ridge = g.math("ABSOLUTE", g.math("SUBTRACT", field, 0.5))
        line = g.ramp(
            ridge, (0.0, (1, 1, 1)), (width, (0.35, 0.35, 0.35)), (3.2 * width, (0, 0, 0))
        )
        fade = g.ramp(g.noise(1.7, detail=2, vector=turned), (0.35, (0, 0, 0)), (0.65, (1, 1, 1)))
        base = g.mix(g.math("MULTIPLY", g.math("MULTIPLY", line, fade), strength), base, vein)
    return g.principled(base, rng.choice((0.12, 0.25, 0.45)))


def concrete(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    cloud = g.noise(rng.uniform(2, 4), detail=8, rough=0.68, vector=where)
    base = g.ramp(cloud, (0.3, lit(color, 0.83)), (0.7, lit(color, 1.1)))
    speckle = g.noise(120, detail=3, vector=where)
    base = g.mix(0.16, base, g.ramp(speckle, (0.35, lit(color, 0.6)), (0.65, lit(color, 1.25))))
    pits = g.add("TexVoronoi", Vector=where, Scale=26.0, Randomness=1.0).outputs["Distance"]
    pit = g.ramp(pits, (0.0, (1, 1, 1)), (rng.uniform(0.05, 0.12), (0, 0, 0)))
    base = g.mix(g.math("MULTIPLY", pit, 0.5), base, lit(color, 0.45))
    height = g.math("SUBTRACT", g.math("MULTIPLY", speckle, 0.3), pit)
    return g.principled(base, rng.uniform(0.55, 0.85), g.bump(height, 0.0009))


def terrazzo(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    base: Any = lit(color, 1.0)
    chips = [linear(one) for one in rng.sample(TERRAZZO_CHIPS, 3)]
    for scale, chip in zip(
        (rng.uniform(38, 60), rng.uniform(60, 95), rng.uniform(90, 150)), chips, strict=True
    ):
        node = g.add(
            "TexVoronoi",
            Vector=g.add("Mapping", Vector=where, Location=away(rng)).outputs[0],
            Scale=scale,
            Randomness=1.0,
        )
        there = g.ramp(node.outputs["Distance"], (0.24, (1, 1, 1)), (0.28, (0, 0, 0)))
        some = g.ramp(
            g.math("FRACT", g.math("MULTIPLY", node.outputs["Color"], 5.0)),
            (0.5, (1, 1, 1)),
            (0.52, (0, 0, 0)),
        )
        base = g.mix(g.math("MULTIPLY", there, some), base, lit(chip, rng.uniform(0.9, 1.1)))
    return g.principled(base, rng.choice((0.18, 0.4, 0.6)))


def slate(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    layers = g.noise(rng.uniform(4, 9), detail=9, rough=0.6, distort=0.5, vector=where)
    base = g.ramp(layers, (0.3, lit(color, 0.6)), (0.55, lit(color, 1.0)), (0.75, lit(color, 1.45)))
    return g.principled(base, rng.uniform(0.45, 0.7), g.bump(layers, 0.006))
