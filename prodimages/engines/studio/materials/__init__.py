"""Materials of surfaces and walls, with details of real size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodimages.engines.studio.materials.base import Finish, Material, Patch
from prodimages.engines.studio.materials.masonry import Brick, Panel, Paving, Tile
from prodimages.engines.studio.materials.outdoor import Sand, Snow
from prodimages.engines.studio.materials.soft import Linen, Paper, Plaster
from prodimages.engines.studio.materials.stone import Concrete, Marble, Slate
from prodimages.engines.studio.materials.terrazzo import Terrazzo
from prodimages.engines.studio.materials.wood import OAK, WALNUT, Wood, painted

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Finish", "Material", "Patch", "surface_material", "wall_material"]


def surface_material(name: str, accent: str | None, rng: np.random.Generator) -> Material:
    """What the product stands on; ``accent`` dyes those that come in any color."""
    match name:
        case "oak":
            return Wood(rng, OAK)
        case "walnut":
            return Wood(rng, WALNUT)
        case "painted":
            return Wood(rng, painted(accent or "#f1eee8"))
        case "marble":
            return Marble(rng, accent or "#f1f0ee")
        case "slate":
            return Slate(rng)
        case "concrete":
            return Concrete(rng, accent or "#a9a7a3")
        case "linen":
            return Linen(rng, accent or "#d9cdb9")
        case "terrazzo":
            return Terrazzo(rng, accent or "#ece6dc")
        case "paving":
            return Paving(rng)
        case "sand":
            return Sand(rng)
        case "snow":
            return Snow(rng)
        case _:
            return Paper(rng, accent or "#e9e4dc")


def wall_material(name: str, color: str, rng: np.random.Generator) -> Material:
    match name:
        case "brick":
            return Brick(rng, color)
        case "tile":
            return Tile(rng, color)
        case "panel":
            return Panel(rng, color)
        case "concrete":
            return Concrete(rng, color)
        case _:
            return Plaster(rng, color)
