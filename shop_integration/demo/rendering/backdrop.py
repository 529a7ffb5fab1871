"""The table and the wall of the demo photos, with the product's own shadow on them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from shop_integration.demo.rendering.noise import fractal2, noise2, smoothstep
from shop_integration.demo.rendering.raster import View
from shop_integration.demo.rendering.trace import visibility
from shop_integration.demo.rendering.vectors import Array, along, constant


def _mix(a: tuple[float, ...], b: tuple[float, ...], share: Array) -> Array:
    share = share[..., None]
    return np.float32(a) * (1 - share) + np.float32(b) * share


def oak(x: Array, z: Array) -> Array:
    """Oiled boards along x, each with a tone and grain of its own."""
    board = np.floor(z / 11.5)
    shift = board * np.float32(37.7)
    bend = fractal2(x * 0.035 + shift, z * 0.12, 3, 11)
    rings = noise2(x * 0.02 + shift, z * 1.6 + bend * 5, 12)
    pores = fractal2(x * 0.5 + shift, z * 9 + bend * 4, 3, 13)
    tone = 0.5 + 0.28 * rings + 0.22 * pores + 0.16 * noise2(board, board * 0 + 0.5, 14)
    color = _mix((0.30, 0.175, 0.085), (0.56, 0.38, 0.215), np.clip(tone, 0, 1))
    gap = np.abs(z / 11.5 - np.round(z / 11.5)) * 11.5
    return color * (0.35 + 0.65 * smoothstep(0.03, 0.16, gap))[..., None]


def linen(x: Array, z: Array) -> Array:
    """A plain cloth; threads are finer than a pixel, so only their unevenness shows."""
    warp = noise2(x * 7, z * 0.35, 21)
    weft = noise2(x * 0.35, z * 7, 22)
    tone = 0.5 + 0.13 * warp + 0.13 * weft + 0.25 * fractal2(x * 0.06, z * 0.06, 2, 23)
    return _mix((0.50, 0.475, 0.43), (0.66, 0.635, 0.59), np.clip(tone, 0, 1))


def concrete(x: Array, z: Array) -> Array:
    cloud = fractal2(x * 0.05, z * 0.05, 5, 31)
    grit = fractal2(x * 2.2, z * 2.2, 2, 32)
    tone = 0.5 + 0.42 * cloud + 0.14 * grit
    return _mix((0.285, 0.28, 0.27), (0.46, 0.455, 0.445), np.clip(tone, 0, 1))


def painted(x: Array, z: Array) -> Array:
    """A white table top with the faintest unevenness."""
    tone = 0.5 + 0.3 * fractal2(x * 0.08, z * 0.08, 3, 41)
    return _mix((0.67, 0.66, 0.64), (0.74, 0.73, 0.71), np.clip(tone, 0, 1))


def walnut(x: Array, z: Array) -> Array:
    bend = fractal2(x * 0.03, z * 0.08, 3, 51)
    rings = noise2(x * 0.025 + 9, z * 1.1 + bend * 7, 52)
    pores = fractal2(x * 0.6, z * 8 + bend * 5, 3, 53)
    tone = 0.5 + 0.32 * rings + 0.22 * pores
    return _mix((0.085, 0.045, 0.025), (0.26, 0.15, 0.085), np.clip(tone, 0, 1))


TABLES: dict[str, Callable[[Array, Array], Array]] = {
    "oak": oak,
    "linen": linen,
    "concrete": concrete,
    "painted": painted,
    "walnut": walnut,
}
TABLE_BOUNCE = {
    "oak": (0.42, 0.28, 0.16),
    "linen": (0.58, 0.55, 0.50),
    "concrete": (0.37, 0.365, 0.355),
    "painted": (0.70, 0.69, 0.67),
    "walnut": (0.16, 0.09, 0.05),
}
"""Mean albedo of each table, for the light it throws back on the product."""
SHADOW_SCALE = 4
"""The table's light is soft: one point of it serves so many pixels along a row."""


def render_backdrop(view: View) -> Array:
    """(size, size, 3) linear radiance of table and wall as if the product were see-through."""
    size, backdrop = view.size, view.scene.backdrop
    x, z, depth = _table_points(view, size)
    coarse = max(size // SHADOW_SCALE, 64)
    light = zoom(
        _table_light(view, coarse),
        (size / coarse, size / coarse, 1),
        order=1,
        grid_mode=True,
        mode="nearest",
    )
    to_wall = backdrop.wall_distance - depth
    corner = 1 - 0.45 * np.exp(-np.maximum(to_wall, 0) / 9)  # the wall shades the table's end
    table = TABLES[backdrop.table](x, z) * light * corner[..., None]
    sharp = np.where(to_wall[..., None] > 0, table, _wall(view))
    return _defocus(sharp, depth, backdrop.wall_distance)


def _defocus(sharp: Array, depth: Array, wall_distance: float) -> Array:
    """Blur what lies well behind the product, as a camera close to it does."""
    radius = len(sharp) / 260
    blurred = gaussian_filter(sharp, (radius, radius, 0))
    share = smoothstep(0.25 * wall_distance, 0.95 * wall_distance, depth)[..., None]
    return sharp + (blurred - sharp) * share


def _grid(size: int) -> tuple[Array, Array]:
    edge = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    u, v = np.meshgrid(edge, -edge)
    return u, v


def _table_points(view: View, size: int) -> tuple[Array, Array, Array]:
    """x, z and the distance behind the product where pixels see the table's plane.

    Beyond the wall x and z are 0.
    """
    origin, way = view.camera.rays(*_grid(size))
    downward = np.minimum(way[1], np.float32(-1e-4))
    x, _y, z = along(origin, way, -origin[1] / downward)
    right = view.camera.axes[0]
    depth = x * np.float32(right[2]) - z * np.float32(right[0])  # away from the camera
    depth = np.where(way[1] < -1e-4, depth, np.float32(1e4))
    table = depth < view.scene.backdrop.wall_distance
    return np.where(table, x, 0), np.where(table, z, 0), depth


def _table_light(view: View, size: int) -> Array:
    """(size, size, 3) irradiance over pi on the table, with the product's shadow."""
    room = view.room
    x, z, _depth = _table_points(view, size)
    at = (x.ravel(), np.full(x.size, 0.01, np.float32), z.ravel())
    direct, sky = np.zeros((2, x.size), np.float32)
    lights = room.samples(4)
    for way in lights:
        free = visibility(view.scene, at, constant(way), softness=room.size * 0.4)
        direct += free * np.float32(way[1] * room.KEY_POWER / len(lights))
    ways = _hemisphere()
    for way in ways:
        free = visibility(view.scene, at, constant(way), softness=0.45, steps=12)
        sky += free / np.float32(len(ways))
    upward = room.ambient((np.zeros(1), np.ones(1), np.zeros(1)))[0]
    light = direct[:, None] * np.float32(room.window) + sky[:, None] * upward
    return light.reshape(size, size, 3).astype(np.float32)


def _hemisphere() -> list[tuple[float, float, float]]:
    """Directions whose mean stands for a cosine-weighted sky."""
    found = [(0.0, 1.0, 0.0)]
    for height, count in ((58.0, 5), (27.0, 7)):
        h = math.radians(height)
        for step in range(count):
            a = 2 * math.pi * (step + height / 90) / count
            found.append((math.cos(h) * math.sin(a), math.sin(h), math.cos(h) * math.cos(a)))
    return found


def _wall(view: View) -> Array:
    """A plain wall: brighter toward the window, darker toward the table."""
    u, v = _grid(view.size)
    toward_window = float(np.dot(view.camera.axes[0], view.room.key))
    level = 0.62 + 0.13 * toward_window * u + 0.08 * v
    level = level + 0.02 * fractal2(u * 1.3 + 5, v * 1.3, 2, 61)
    return np.float32(view.scene.backdrop.wall) * level[..., None]
