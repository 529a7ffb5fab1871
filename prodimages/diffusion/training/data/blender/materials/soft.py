"""Linen, paper and plaster: matte, in any color."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph, away
from prodimages.diffusion.training.data.colors import Color, lit


def paper(g: Graph, color: Color, rng: random.Random) -> Any:
    fibers = g.noise(900, detail=2, vector=g.at((1, 1, 1), away(rng)))
    cloud = g.noise(rng.uniform(1.0, 2.5), detail=2)
    base = g.ramp(cloud, (0.3, lit(color, 0.985)), (0.7, lit(color, 1.015)))
    return g.principled(base, 0.92, g.bump(fibers, 0.00012, 0.5), Specular_IOR_Level=0.25)


def plaster(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    strokes = g.noise(
        rng.uniform(9, 22), detail=7, rough=0.62, distort=rng.uniform(0.2, 1.2), vector=where
    )
    cloud = g.noise(rng.uniform(1.2, 3.0), detail=5, vector=where)
    depth = rng.choice((0.03, 0.06, 0.12))
    base = g.ramp(cloud, (0.25, lit(color, 1 - depth)), (0.75, lit(color, 1 + depth)))
    bump = g.bump(strokes, rng.choice((0.0012, 0.0035, 0.006)))
    return g.principled(base, 0.9, bump, Specular_IOR_Level=0.3)


def linen(g: Graph, color: Color, rng: random.Random) -> Any:
    thread = rng.uniform(550, 900)
    warp = g.noise(1.0, detail=3, vector=g.at((thread, thread * 0.04, 1), away(rng)))
    weft = g.noise(1.0, detail=3, vector=g.at((thread * 0.04, thread, 1), away(rng)))
    weave = g.math("ADD", g.math("MULTIPLY", warp, 0.5), g.math("MULTIPLY", weft, 0.5))
    base = g.ramp(weave, (0.36, lit(color, 0.74)), (0.62, lit(color, 1.1)))
    creases = g.noise(rng.uniform(2.5, 5), detail=3, distort=0.8, vector=g.at((1, 1, 1), away(rng)))
    normal = g.bump(creases, rng.choice((0.002, 0.007, 0.014)))
    normal = g.bump(weave, 0.0006, 0.8, normal)
    return g.principled(base, 0.95, normal, Sheen_Weight=0.15, Specular_IOR_Level=0.2)
