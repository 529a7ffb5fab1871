"""The product's color and coverage by one ray a pixel, and more of them where it has edges."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.ndimage import binary_dilation, maximum_filter, minimum_filter

from shop_integration.demo.rendering.camera import Camera
from shop_integration.demo.rendering.light import Room
from shop_integration.demo.rendering.scene import Scene
from shop_integration.demo.rendering.shade import shade
from shop_integration.demo.rendering.surfaces import look_at
from shop_integration.demo.rendering.trace import first_hit
from shop_integration.demo.rendering.vectors import Array, along, pick

CHUNK = 1 << 16
"""Rays worked on at once: few calls, and arrays that still fit the processor's cache."""
OUTLINE_SIDE, CREASE_SIDE = 4, 2
"""Rays along the side of a pixel on the product's outline, and on an edge inside it."""
COLOR, ALPHA, NORMAL, PART = slice(0, 3), 3, slice(4, 7), 7
"""Columns of what a ray finds."""


@dataclasses.dataclass(frozen=True)
class View:
    scene: Scene
    room: Room
    camera: Camera
    size: int
    """Pixels along the picture's side."""


def render_product(view: View) -> tuple[Array, Array]:
    """Premultiplied linear color (size, size, 3) and coverage (size, size)."""
    size, samples = view.size, view.scene.samples
    found = _trace(view, np.arange(size * size), samples).reshape(size, size, -1)
    outline = binary_dilation(_jump(found[..., ALPHA]) > 0)
    creases = _creases(found) & ~outline
    flat = found.reshape(size * size, -1)
    for where, side in ((outline, OUTLINE_SIDE), (creases, max(CREASE_SIDE, samples))):
        pixels = np.flatnonzero(where)
        if pixels.size:
            flat[pixels] = _trace(view, pixels, side)
    return np.ascontiguousarray(found[..., COLOR]), np.ascontiguousarray(found[..., ALPHA])


def _jump(values: Array) -> Array:
    return maximum_filter(values, 3) - minimum_filter(values, 3)


def _creases(found: Array) -> Array:
    """Pixels inside the product where one ray can't speak for the whole."""
    normal = found[..., NORMAL]
    bend = np.max([_jump(normal[..., axis]) for axis in range(3)], axis=0) > 0.35
    level = np.sqrt(np.maximum(found[..., COLOR].mean(axis=2), 0))
    return np.asarray(bend | (_jump(level) > 0.14) | (_jump(found[..., PART]) > 0))


def _trace(view: View, pixels: Array, side: int) -> Array:
    """(N, 8) means of ``side`` x ``side`` rays for each pixel, given by its flat index."""
    count = max(CHUNK // side**2, 1)
    chunks = [pixels[start : start + count] for start in range(0, len(pixels), count)]
    offsets = (np.arange(side) + 0.5) / side

    def work(chunk: Array) -> Array:
        x = (chunk % view.size)[:, None] + np.tile(offsets, side)
        y = (chunk // view.size)[:, None] + np.repeat(offsets, side)
        u, v = x / view.size * 2 - 1, 1 - y / view.size * 2
        found = _follow(view, u.ravel().astype(np.float32), v.ravel().astype(np.float32))
        return np.asarray(found.reshape(-1, side**2, 8).mean(axis=1))

    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(work, chunks)))


def _follow(view: View, u: Array, v: Array) -> Array:
    """(N, 8) what the rays through picture points find; zeros where they miss."""
    origin, way = view.camera.rays(u, v)
    found = np.zeros((len(u), 8), np.float32)
    t = first_hit(view.scene, origin, way)
    hit = np.flatnonzero(np.isfinite(t))
    if hit.size:
        seen = pick(way, hit)
        points = look_at(view.scene, along(origin, seen, t[hit]))
        found[hit, COLOR] = shade(view.scene, view.room, points, seen)
        found[hit, ALPHA] = 1
        found[hit, NORMAL] = np.stack(points.normal, axis=1)
        found[hit, PART] = points.part + 1
    return found
