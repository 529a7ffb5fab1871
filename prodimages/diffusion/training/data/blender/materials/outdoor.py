"""Sand and snow: loose ground with a relief of its own."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph, away
from prodimages.diffusion.training.data.colors import Color, lit


def sand(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    dunes = g.noise(rng.uniform(5, 12), detail=5, distort=0.4, vector=where)
    grains = g.noise(700, detail=2, vector=where)
    base = g.ramp(grains, (0.3, lit(color, 0.78)), (0.7, lit(color, 1.18)))
    return g.principled(
        base, 0.95, g.bump(grains, 0.0012, 0.8, g.bump(dunes, 0.035)), Specular_IOR_Level=0.2
    )


def snow(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), away(rng))
    drifts = g.noise(rng.uniform(4, 9), detail=4, vector=where)
    grains = g.noise(420, detail=3, vector=where)
    return g.principled(lit(color, 0.98), 0.75, g.bump(grains, 0.0025, 0.7, g.bump(drifts, 0.03)))
