"""A fluted bisque vase with a narrow neck."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

HEIGHT, WALL, FLUTES = 24.0, 0.45, 24
BODY = sdf.Profile(
    [
        (0, 4.0),
        (0.4, 4.4),
        (4, 6.6),
        (8.5, 8.0),
        (12.5, 7.5),
        (16.2, 5.0),
        (19.2, 2.9),
        (21.2, 2.35),
        (23, 2.7),
        (HEIGHT, 3.35),
    ],
    blend=0.8,
)


def _distance(x: Array, y: Array, z: Array) -> Array:
    r = sdf.length(x, z)
    fade = noise.smoothstep(0.3, 2.0, y) * (1 - noise.smoothstep(17.0, 20.5, y))
    flute = np.abs(np.sin(np.arctan2(z, x) * np.float32(FLUTES / 2)))
    depth = np.float32(0.34) * fade * (1 - flute) * np.clip(r / 6, 0, 1.3)
    outer = BODY.solid(y, r + depth, 0.28)
    wall = np.float32(WALL) + 0.6 * fade  # the flutes must not cut through
    hollow = sdf.smooth_intersection(BODY.side(y, r) + wall, 1.0 - y, 0.8)
    return sdf.smooth_intersection(outer, -hollow, 0.32)


def _surface(x: Array, y: Array, z: Array) -> Surface:
    mottle = noise.fractal3(x * 0.8, y * 0.8, z * 0.8, 4, 1)
    albedo = np.float32([0.72, 0.685, 0.63]) * (1 + 0.045 * mottle)[:, None]
    sand = noise.specks(x, y, z, 0.07, 0.10, 2)[:, None]
    albedo = albedo * (1 - 0.35 * sand) + np.float32([0.35, 0.26, 0.18]) * 0.35 * sand
    return Surface(albedo=albedo, roughness=0.72, specular=0.035)


def _chalk(x: Array, y: Array, z: Array) -> Array:
    return 0.003 * noise.fractal3(x * 5, y * 5, z * 5, 2, 3)


SCENE = Scene(
    parts=[Part(distance=_distance, surface=_surface, relief=_chalk)],
    bounds=((-8.1, 0.0, -8.1), (8.1, HEIGHT + 0.1, 8.1)),
    width_cm=16.0,
    elevation=13.0,
    fill=0.76,
    light=(-64.0, 40.0),
    backdrop=Backdrop(table="walnut", wall=(0.60, 0.57, 0.53), wall_distance=55),
    warmth=0.3,
    step=0.75,
)
