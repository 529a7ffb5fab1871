"""Plain tops laid flat and photographed from above, for try-ons: a tee, a sweater, a tank top."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.field import Table
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.scenes import tshirt
from shop_integration.demo.rendering.vectors import Array

Color = tuple[float, float, float]
Outline = list[tuple[float, float]]

TEE: Outline = tshirt.RIGHT_HALF
SWEATER: Outline = [
    (8.4, 33.6), (21.6, 30.6), (29.0, 21.0), (44.5, -17.5), (36.4, -21.4), (25.8, 10.0),
    (25.6, -6.0), (25.0, -29.0), (12.0, -29.8),
]  # fmt: skip
TANK: Outline = [
    (10.4, 34.0), (16.4, 32.8), (16.8, 24.0), (19.8, 15.0), (24.2, 11.0), (23.4, -6.0),
    (24.6, -31.0), (12.0, -31.8),
]  # fmt: skip


def top_scene(half: Outline, color: Color, *, drop: float = 9.6, logo: bool = False) -> Scene:
    """A top with this right half of its outline; ``drop`` is how deep its front is cut in cm."""
    outline = [*half, *[(-x, y) for x, y in reversed(half)]]

    def shape(x: Array, up: Array) -> Array:
        x, up = tshirt._warp(x, up)
        return sdf.polygon(x, up, outline) - np.float32(0.5)

    def neck(x: Array, up: Array, deep: float) -> Array:
        return sdf.ellipse2(x, up - np.float32(34.6), half[0][0] + 0.6, deep)

    def front_cut(x: Array, up: Array) -> Array:
        return sdf.smooth_intersection(shape(x, up), -neck(x, up, drop), 0.5)

    def back_cut(x: Array, up: Array) -> Array:
        flat = sdf.smooth_intersection(shape(x, up), -neck(x, up, 2.6), 0.4)
        return np.maximum(flat, np.maximum(np.abs(x) - np.float32(14), np.float32(20) - up))

    front_table, back_table = (
        Table(cut, (-50, -42), (50, 42), 0.14) for cut in (front_cut, back_cut)
    )
    height = Table(tshirt._height, (-50, -42), (50, 42), 0.25)

    def front(x: Array, y: Array, z: Array) -> Array:
        deep = height(x, -z)
        return sdf.smooth_intersection(front_table(x, -z), np.abs(y - deep) - deep, 0.5)

    def back(x: Array, y: Array, z: Array) -> Array:
        return sdf.extrude(back_table(x, -z), y - np.float32(0.16), 0.16, 0.1)

    def cloth(x: Array, y: Array, z: Array) -> Surface:
        x, up = tshirt._warp(x, -z)
        tone = 1 + 0.05 * tshirt._knit(x, up)
        seam = (np.abs(neck(x, up, drop) - 2.0) < 0.12) | (np.abs(up - half[-1][1] - 2.6) < 0.08)
        albedo = np.float32(color) * (tone * (1 - 0.25 * seam))[:, None]
        if logo:
            ring = np.abs(np.hypot(x, up - 10.0) - 7.0) < 1.1
            bar = (np.abs(up - 10.0) < 1.1) & (np.abs(x) < 7.0)
            albedo = np.where((ring | bar)[:, None], np.float32((0.82, 0.78, 0.68)), albedo)
        return Surface(albedo=albedo.astype(np.float32), roughness=0.95, specular=0.03, sheen=0.3)

    def inside(x: Array, y: Array, z: Array) -> Surface:
        shade = 0.72 * (1 + 0.05 * tshirt._knit(x, -z))
        return Surface(albedo=np.float32(color) * shade[:, None], roughness=0.95)

    return Scene(
        parts=[
            Part(distance=front, surface=cloth, relief=_creases(half)),
            Part(distance=back, surface=inside),
        ],
        bounds=((-48.0, 0.0, -35.5), (48.0, 1.7, 37.5)),
        width_cm=2 * max(x for x, _y in half) + 1,
        elevation=90.0,
        fill=0.9,
        light=(-40.0, 38.0),
        backdrop=Backdrop(table="painted", wall_distance=500),
        step=0.7,
    )


def _creases(half: Outline) -> Callable[[Array, Array, Array], Array]:
    def relief(x: Array, y: Array, z: Array) -> Array:
        drape = noise.fractal2(x * 0.11 + z * 0.05, z * 0.05 + len(half), 3, 11)
        return np.float32(0.8) * drape + np.float32(0.008) * tshirt._knit(x, -z)

    return relief
