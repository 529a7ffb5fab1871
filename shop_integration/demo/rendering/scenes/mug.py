"""A stoneware mug with an open handle, dipped in two glazes."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

HEIGHT, WALL = 9.4, 0.42
BODY = sdf.Profile(
    [(0, 3.5), (0.5, 3.95), (1.6, 4.25), (4.0, 4.38), (7.0, 4.26), (HEIGHT, 4.2)], blend=0.35
)


def _handle(x: Array, y: Array, z: Array) -> Array:
    """An upright elliptic ring of a flattened tube."""
    ring = sdf.ellipse2(x - np.float32(4.35), y - np.float32(4.9), 2.75, 3.05)
    return sdf.box2(ring, z, 0.42, 0.62, 0.40)


def _distance(x: Array, y: Array, z: Array) -> Array:
    r = sdf.length(x, z)
    outer = sdf.smooth_union(BODY.solid(y, r, 0.55), _handle(x, y, z), 0.9)
    hollow = sdf.smooth_intersection(BODY.side(y, r, WALL), WALL + 0.15 - y, 1.2)
    return sdf.smooth_intersection(outer, -hollow, 0.34)


def _surface(x: Array, y: Array, z: Array) -> Surface:
    r = sdf.length(x, z)
    angle = np.arctan2(z, x)
    inside = (r < BODY.radius(y) - 0.2) & (y > 0.4)
    border = (
        5.9
        + 0.22 * noise.noise2(angle * 1.6 + 9, y * 0, 3)
        + 0.06 * noise.noise2(angle * 9, y * 0, 4)
    )
    upper = noise.smoothstep(-0.10, 0.10, y - border)
    upper = np.where(inside, 1, upper)
    pool = noise.fractal3(x * 0.7, y * 0.35, z * 0.7, 3, 5)
    cream = np.float32([0.70, 0.645, 0.54]) * (1 + 0.05 * pool)[:, None]
    teal = np.float32([0.030, 0.125, 0.140]) * (1 + 0.55 * pool)[:, None]
    teal = teal + np.float32([0.10, 0.16, 0.13]) * np.exp(-((y - border) ** 2) / 0.09)[:, None]
    albedo = teal * (1 - upper)[:, None] + cream * upper[:, None]
    dots = noise.specks(x, y, z, 0.085, 0.62, 6) * (0.25 + 0.75 * upper)
    albedo = albedo * (1 - 0.75 * dots)[:, None] + np.float32([0.09, 0.05, 0.03]) * (
        0.75 * dots[:, None]
    )
    bare = (1 - noise.smoothstep(0.22, 0.42, y + 0.05 * pool)) * ~inside
    clay = np.float32([0.42, 0.30, 0.20]) * (1 + 0.2 * pool)[:, None]
    albedo = albedo * (1 - bare)[:, None] + clay * bare[:, None]
    roughness = 0.26 - 0.06 * (1 - upper) + 0.5 * bare
    return Surface(albedo=albedo, roughness=roughness.astype(np.float32), specular=0.045)


def _relief(x: Array, y: Array, z: Array) -> Array:
    """Throwing marks and the glaze's orange peel."""
    marks = 0.006 * np.sin(y * 7.5 + 0.6 * noise.noise3(x * 0.5, y, z * 0.5, 8))
    return marks + 0.012 * noise.noise3(x * 1.1, y * 1.1, z * 1.1, 9)


SCENE = Scene(
    parts=[Part(distance=_distance, surface=_surface, relief=_relief)],
    bounds=((-4.5, 0.0, -4.5), (7.7, HEIGHT + 0.1, 4.5)),
    width_cm=11.6,
    elevation=20.0,
    turn=-24.0,
    fill=0.66,
    backdrop=Backdrop(table="oak", wall=(0.66, 0.65, 0.62)),
    warmth=0.4,
)
