"""What a rendered product consists of: parts with a shape and a surface, and how it is seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from shop_integration.demo.rendering.vectors import Array

Field = Callable[[Array, Array, Array], Array]
"""Coordinates in cm to one float32 a point."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Surface:
    """How points of a part reflect light. Arrays hold one row a point."""

    albedo: Array
    """(N, 3) float32, linear RGB in 0..1."""
    roughness: Array | float = 0.5
    """0 mirrors, 1 is chalk (GGX alpha is its square)."""
    specular: Array | float = 0.04
    """Reflectance head-on; 0.04 for most things that are not metal."""
    metal: float = 0.0
    """1: what is reflected takes the albedo's color and nothing is scattered."""
    sheen: float = 0.0
    """Brightening at grazing angles, as fabric's fibers give."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    distance: Field
    surface: Callable[[Array, Array, Array], Surface]
    relief: Field | None = None
    """Height in cm that bends the normals only: weave, grain, ribs."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Backdrop:
    """The amateur's table and wall."""

    table: str = "oak"
    """A texture of ``backdrop.TABLES``."""
    wall: tuple[float, float, float] = (0.72, 0.70, 0.66)
    """Linear RGB."""
    wall_distance: float = 45.0
    """Centimetres from the product to the wall."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    parts: Sequence[Part]
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    """Lowest and highest corner of a box around the product; it stands on y = 0."""
    width_cm: float
    """Real width of what the camera sees from its side."""
    elevation: float = 12.0
    """Degrees of the camera above the table; 90 looks straight down."""
    turn: float = 0.0
    """Degrees by which the product is turned to the camera."""
    fill: float = 0.72
    """Largest share of the frame's width or height that the bounds take."""
    field_of_view: float = 26.0
    light: tuple[float, float] = (-52.0, 40.0)
    """Azimuth (negative: from the left; 0: from behind the camera) and height in degrees."""
    light_size: float = 0.30
    """Half the window's width at distance one; larger is softer."""
    warmth: float = 0.0
    """White balance error of the photo: positive is too warm."""
    exposure: float = 1.0
    backdrop: Backdrop = dataclasses.field(default_factory=Backdrop)
    step: float = 0.9
    """Share of the distance that a ray may safely advance; below 1 where shapes are bounds."""
    samples: int = 1
    """Rays along a pixel's side inside the product; 2 for fine textures."""

    @property
    def size(self) -> float:
        """The longest side of the bounds."""
        return max(high - low for low, high in zip(*self.bounds, strict=True))

    def distance(self, x: Array, y: Array, z: Array) -> Array:
        nearest = self.parts[0].distance(x, y, z)
        for part in self.parts[1:]:
            nearest = np.minimum(nearest, part.distance(x, y, z))
        return nearest

    def nearest_part(self, x: Array, y: Array, z: Array) -> Array:
        """Which part a point on the surface belongs to, as an index."""
        return np.argmin([part.distance(x, y, z) for part in self.parts], axis=0)
