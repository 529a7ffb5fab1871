"""A powder-coated drinking flask with a steel collar and a bamboo cap."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

BODY = sdf.Profile(
    [
        (0, 3.35),
        (0.35, 3.6),
        (1.2, 3.66),
        (15.2, 3.66),
        (16.8, 3.45),
        (18.2, 2.7),
        (19.4, 2.25),
        (20.2, 2.2),
    ],
    blend=0.3,
)
COLLAR = sdf.Profile([(20.1, 2.32), (20.35, 2.42), (20.85, 2.42), (21.1, 2.32)])
CAP = sdf.Profile([(21.05, 2.46), (21.3, 2.52), (24.2, 2.5), (24.6, 2.42)])


def _body(x: Array, y: Array, z: Array) -> Array:
    return BODY.solid(y, sdf.length(x, z), 0.25)


def _collar(x: Array, y: Array, z: Array) -> Array:
    return COLLAR.solid(y, sdf.length(x, z), 0.06)


def _cap(x: Array, y: Array, z: Array) -> Array:
    return CAP.solid(y, sdf.length(x, z), 0.3)


def _coating(x: Array, y: Array, z: Array) -> Surface:
    mottle = noise.fractal3(x * 6, y * 6, z * 6, 2, 1)
    albedo = np.float32([0.50, 0.115, 0.065]) * (1 + 0.06 * mottle)[:, None]
    front = np.hypot(x + 0.2, y - 9.2)
    mark = (np.abs(front - 0.95) < 0.07) | (np.abs(x + 0.2) + np.abs(y - 9.2) < 0.42)
    mark &= z > 0
    albedo = np.where(mark[:, None], np.float32([0.80, 0.74, 0.66]), albedo)
    return Surface(albedo=albedo, roughness=0.46, specular=0.04)


def _grit(x: Array, y: Array, z: Array) -> Array:
    return 0.0012 * noise.noise3(x * 11, y * 11, z * 11, 2)


def _steel(x: Array, y: Array, z: Array) -> Surface:
    ring = 1 + 0.06 * noise.noise2(y * 40, y * 0, 3)
    return Surface(albedo=np.float32([0.62, 0.61, 0.59]) * ring[:, None], roughness=0.3, metal=1.0)


def _bamboo(x: Array, y: Array, z: Array) -> Surface:
    angle = np.arctan2(z, x)
    fiber = noise.noise2(angle * 26, y * 0.5, 4) * 0.6 + noise.noise2(angle * 60, y * 1.2, 5) * 0.4
    rings = noise.noise2(sdf.length(x, z) * 9, x * 0, 6)
    tone = 0.5 + 0.32 * np.where(y > 24.4, rings, fiber)
    low, high = np.float32([0.40, 0.24, 0.11]), np.float32([0.66, 0.47, 0.26])
    albedo = low + (high - low) * np.clip(tone, 0, 1)[:, None]
    return Surface(albedo=albedo, roughness=0.5)


SCENE = Scene(
    parts=[
        Part(distance=_body, surface=_coating, relief=_grit),
        Part(distance=_collar, surface=_steel),
        Part(distance=_cap, surface=_bamboo),
    ],
    bounds=((-3.7, 0.0, -3.7), (3.7, 24.65, 3.7)),
    width_cm=7.3,
    elevation=9.0,
    turn=-8.0,
    fill=0.78,
    light=(-58.0, 34.0),
    backdrop=Backdrop(table="concrete", wall=(0.62, 0.64, 0.66), wall_distance=40),
    warmth=-0.2,
)
