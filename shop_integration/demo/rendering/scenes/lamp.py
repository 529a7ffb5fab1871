"""A table lamp: glazed base, brass neck, linen shade."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

BASE = sdf.Profile(
    [(1.2, 5.6), (2.0, 6.1), (5, 7.9), (8.5, 8.6), (12.5, 7.6), (16, 5.0), (18.5, 2.9), (20, 2.2)],
    blend=0.8,
)
FOOT = sdf.Profile([(0, 5.7), (0.4, 5.9), (1.0, 5.9), (1.3, 5.5)])
NECK = sdf.Profile([(19.8, 2.4), (20.4, 2.45), (20.9, 1.5), (22, 0.9), (26, 0.75), (40, 0.5)])
SHADE = sdf.Profile([(25.0, 14.2), (45.5, 10.6)])


def _base(x: Array, y: Array, z: Array) -> Array:
    return BASE.solid(y, sdf.length(x, z), 0.5)


def _brass(x: Array, y: Array, z: Array) -> Array:
    r = sdf.length(x, z)
    return np.minimum(FOOT.solid(y, r, 0.2), NECK.solid(y, r, 0.1))


def _shade(x: Array, y: Array, z: Array) -> Array:
    """A thin shell, open above and below, with a rolled hem at both ends."""
    side = SHADE.side(y, sdf.length(x, z))
    hem = np.maximum(np.abs(y - 25.45) - 0.45, 0) < 0.01
    hem |= np.maximum(np.abs(y - 45.05) - 0.45, 0) < 0.01
    shell = np.abs(side) - np.where(hem, np.float32(0.2), np.float32(0.14))
    return sdf.smooth_intersection(shell, np.abs(y - 35.25) - np.float32(10.25), 0.12)


def _glaze(x: Array, y: Array, z: Array) -> Surface:
    pool = noise.fractal3(x * 0.35, y * 0.22, z * 0.35, 4, 1)
    streak = noise.noise2(np.arctan2(z, x) * 14, y * 0.25 + pool, 2)
    deep, pale = np.float32([0.012, 0.035, 0.11]), np.float32([0.07, 0.16, 0.30])
    tone = np.clip(0.35 + 0.4 * pool + 0.18 * streak + (y - 10) * 0.018, 0, 1)
    return Surface(albedo=deep + (pale - deep) * tone[:, None], roughness=0.17, specular=0.05)


def _metal(x: Array, y: Array, z: Array) -> Surface:
    rub = noise.fractal3(x * 2, y * 2, z * 2, 2, 3)
    albedo = np.float32([0.72, 0.50, 0.22]) * (1 + 0.05 * rub)[:, None]
    return Surface(albedo=albedo, roughness=(0.32 + 0.05 * rub).astype(np.float32), metal=1.0)


def _threads(x: Array, y: Array, z: Array) -> Array:
    angle = np.arctan2(z, x) * 12.5
    return 0.6 * noise.noise2(angle * 0.6, y * 8, 4) + 0.4 * noise.noise2(angle * 8, y * 0.5, 5)


def _linen(x: Array, y: Array, z: Array) -> Surface:
    tone = 1 + 0.055 * _threads(x, y, z)
    inside = sdf.length(x, z) < SHADE.radius(y)
    albedo = np.float32([0.74, 0.69, 0.59]) * tone[:, None]
    hem = (np.abs(np.abs(y - 35.25) - 9.35) < 0.05) & ~inside
    return Surface(albedo=np.where(hem[:, None], albedo * 0.72, albedo), roughness=0.9, sheen=0.25)


def _weave(x: Array, y: Array, z: Array) -> Array:
    return 0.010 * _threads(x, y, z)


SCENE = Scene(
    parts=[
        Part(distance=_base, surface=_glaze),
        Part(distance=_brass, surface=_metal),
        Part(distance=_shade, surface=_linen, relief=_weave),
    ],
    bounds=((-14.5, 0.0, -14.5), (14.5, 45.6, 14.5)),
    width_cm=29.0,
    elevation=7.0,
    fill=0.80,
    light=(-50.0, 38.0),
    backdrop=Backdrop(table="oak", wall=(0.50, 0.55, 0.52), wall_distance=60),
    warmth=0.2,
)
