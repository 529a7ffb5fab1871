"""Sphere tracing of signed distances: first hits, normals, soft shadows, occlusion."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering.scene import Field, Scene
from shop_integration.demo.rendering.vectors import Array, Vectors, along


def box_span(origin: Vectors, way: Vectors, scene: Scene) -> tuple[Array, Array]:
    """Where rays enter and leave the scene's bounds; entry > exit where they miss."""
    near, far = np.zeros(1, np.float32), np.full(1, np.inf, np.float32)
    for o, d, low, high in zip(origin, way, *scene.bounds, strict=True):
        inverse = 1 / np.where(np.abs(d) < 1e-7, np.float32(1e-7), d)
        a, b = (np.float32(low) - o) * inverse, (np.float32(high) - o) * inverse
        near = np.maximum(near, np.minimum(a, b))
        far = np.minimum(far, np.maximum(a, b))
    return near, far


def first_hit(scene: Scene, origin: Vectors, way: Vectors, *, steps: int = 96) -> Array:
    """Distance along each ray to the product, inf where it misses.

    ``origin`` may hold scalars. Rays are dropped from the work as they hit or leave.
    """
    near, far = box_span(origin, way, scene)
    result = np.full(way[0].shape, np.inf, np.float32)
    live = np.flatnonzero(near < far)
    t, far = near[live], far[live]
    ox, oy, oz, dx, dy, dz = (np.broadcast_to(v, way[0].shape)[live] for v in (*origin, *way))
    for step in range(steps):
        gap = scene.distance(ox + dx * t, oy + dy * t, oz + dz * t)
        hit = gap < 2e-4 * t + 1e-4
        t = t + np.where(hit, 0, gap * np.float32(scene.step))
        done = hit | (t > far)
        if step % 4 == 3 or step == steps - 1:
            result[live[hit]] = t[hit]
            keep = ~done
            if not keep.any():
                break
            live, t, far = live[keep], t[keep], far[keep]
            ox, oy, oz, dx, dy, dz = (v[keep] for v in (ox, oy, oz, dx, dy, dz))
    return result


def normals(distance: Field, x: Array, y: Array, z: Array, reach: float = 0.01) -> Vectors:
    """Unit gradient of ``distance`` by four samples at a tetrahedron's corners."""
    e = np.float32(reach)
    nx, ny, nz = np.zeros((3, 1), np.float32)
    for sx, sy, sz in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        value = distance(x + e * sx, y + e * sy, z + e * sz)
        nx, ny, nz = nx + sx * value, ny + sy * value, nz + sz * value
    inverse = 1 / np.maximum(np.sqrt(nx * nx + ny * ny + nz * nz), np.float32(1e-12))
    return nx * inverse, ny * inverse, nz * inverse


def visibility(
    scene: Scene, origin: Vectors, way: Vectors, *, softness: float, steps: int = 24
) -> Array:
    """Share of a round light that the product leaves free, 0..1.

    ``softness`` is the light's half width at distance one. The closest pass of one ray
    stands for the light's whole cone (Inigo Quilez' penumbra estimate; rays go on inside
    the product, so that the inner half of the penumbra is dark as well).
    """
    shape = np.broadcast(*origin, *way).shape
    near, far = box_span(origin, way, scene)
    result = np.ones(shape, np.float32)
    shortest = np.float32(max(0.04, 0.004 * scene.size))
    live = np.flatnonzero(near < far)
    t, far = np.maximum(near[live], np.float32(0.02)), far[live]
    ox, oy, oz, dx, dy, dz = (np.broadcast_to(v, shape)[live] for v in (*origin, *way))
    free = np.ones(live.shape, np.float32)
    for step in range(steps):
        gap = scene.distance(ox + dx * t, oy + dy * t, oz + dz * t)
        free = np.minimum(free, gap / (np.float32(softness) * t))
        t = t + np.maximum(gap, shortest + 0.02 * t)
        if step % 4 == 3 or step == steps - 1:
            result[live] = free
            keep = (free > -1) & (t < far)
            if not keep.any():
                break
            live, t, far, free = live[keep], t[keep], far[keep], free[keep]
            ox, oy, oz, dx, dy, dz = (v[keep] for v in (ox, oy, oz, dx, dy, dz))
    half = np.clip(result * 0.5 + 0.5, 0, 1)  # a ray that grazes leaves half the light
    return half * half * (3 - 2 * half)


def occlusion(scene: Scene, point: Vectors, normal: Vectors, reach: float) -> Array:
    """Share of the surroundings seen from a point, 0..1; the table counts, too."""
    blocked = np.zeros(point[0].shape, np.float32)
    total = 0.0
    for tap in (0.06, 0.15, 0.32, 0.6, 1.0):
        d = np.float32(tap * reach)
        x, y, z = along(point, normal, d)
        gap = np.minimum(scene.distance(x, y, z), y)
        weight = 1 / (0.35 + tap)
        blocked = blocked + weight * np.clip(1 - gap / d, 0, 1)
        total += weight
    return (1 - blocked / np.float32(total)).astype(np.float32)
