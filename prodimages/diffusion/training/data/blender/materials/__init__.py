"""Materials as Cycles shader graphs: woods, stones, cloths, and what products are made of."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials import masonry, outdoor, soft, stone, wood
from prodimages.diffusion.training.data.blender.materials.goods import product
from prodimages.diffusion.training.data.blender.materials.graph import Graph, Maker
from prodimages.diffusion.training.data.blender.materials.shining import emission, picture
from prodimages.diffusion.training.data.colors import SURFACE_COLORS, linear

__all__ = ["emission", "picture", "product", "surface"]


def surface(name: str, color: str | None, role: str, rng: random.Random) -> Any:
    """The material ``name`` of a ground or wall, dyed ``color`` (``#rrggbb``) where given."""
    graph = Graph(f"{role} {name}", role)
    return _SURFACES[name](graph, linear(color or SURFACE_COLORS.get(name, "#e4dfd5")), rng)


_SURFACES: dict[str, Maker] = {
    "paper": soft.paper,
    "plaster": soft.plaster,
    "oak": wood.oak,
    "walnut": wood.walnut,
    "painted": wood.painted,
    "marble": stone.marble,
    "concrete": stone.concrete,
    "linen": soft.linen,
    "terrazzo": stone.terrazzo,
    "slate": stone.slate,
    "paving": masonry.paving,
    "sand": outdoor.sand,
    "snow": outdoor.snow,
    "brick": masonry.brick,
    "tile": masonry.tile,
    "panel": masonry.panel,
}
