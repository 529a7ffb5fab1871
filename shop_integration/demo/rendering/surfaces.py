"""What a scene's parts look like at given points, joined over all parts."""

from __future__ import annotations

import dataclasses

import numpy as np

from shop_integration.demo.rendering.scene import Field, Part, Scene
from shop_integration.demo.rendering.trace import normals
from shop_integration.demo.rendering.vectors import Array, Vectors, pick

RELIEF_REACH = 0.006
"""Half the distance in cm over which the slope of a relief is taken."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Points:
    """N points on a product. The fields of a Surface, each an array with a row a point."""

    position: Vectors
    part: Array
    """(N,) which part each point belongs to."""
    normal: Vectors
    """Of the shape itself."""
    bent: Vectors
    """With the part's relief; this one is lit."""
    albedo: Array
    roughness: Array
    specular: Array
    metal: Array
    sheen: Array


def look_at(scene: Scene, position: Vectors) -> Points:
    index = scene.nearest_part(*position)
    count = len(index)
    normal, bent = np.zeros((3, count), np.float32), np.zeros((3, count), np.float32)
    albedo = np.zeros((count, 3), np.float32)
    scalars = {
        name: np.zeros(count, np.float32) for name in ("roughness", "specular", "metal", "sheen")
    }
    for number, part in enumerate(scene.parts):
        own = np.flatnonzero(index == number)
        if own.size == 0:
            continue
        at = pick(position, own)
        normal[:, own] = normals(part.distance, *at)
        bent[:, own] = normals(_with_relief(part), *at, RELIEF_REACH)
        surface = part.surface(*at)
        albedo[own] = surface.albedo
        for name, values in scalars.items():
            values[own] = getattr(surface, name)
    return Points(
        position=position,
        part=index,
        normal=(normal[0], normal[1], normal[2]),
        bent=(bent[0], bent[1], bent[2]),
        albedo=albedo,
        **scalars,
    )


def _with_relief(part: Part) -> Field:
    distance, relief = part.distance, part.relief
    if relief is None:
        return distance
    return lambda x, y, z: distance(x, y, z) - relief(x, y, z)
