"""Lattice noise for textures: the same numbers on every machine, free of random state."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering.vectors import Array


def hash01(ix: Array, iy: Array, iz: Array | int, seed: int) -> Array:
    """Integer lattice points to float32 in 0..1, evenly spread (a murmur-like mixer)."""
    with np.errstate(over="ignore"):
        h = ix.astype(np.uint32) * np.uint32(0x8DA6B343)
        h = h ^ (iy.astype(np.uint32) * np.uint32(0xD8163841))
        if not isinstance(iz, int):
            h = h ^ (iz.astype(np.uint32) * np.uint32(0xCB1AB31F))
        h = h ^ np.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B)
    return (h >> np.uint32(8)).astype(np.float32) * np.float32(1 / (1 << 24))


def _lattice(v: Array) -> tuple[Array, Array]:
    floor = np.floor(v)
    f = v - floor
    return floor.astype(np.int32), f * f * f * (f * (f * 6 - 15) + 10)


def noise2(x: Array, y: Array, seed: int = 0) -> Array:
    """Value noise in the plane, -1..1, one feature a unit."""
    ix, fx = _lattice(x)
    iy, fy = _lattice(y)
    low = hash01(ix, iy, 0, seed)
    low = low + (hash01(ix + 1, iy, 0, seed) - low) * fx
    high = hash01(ix, iy + 1, 0, seed)
    high = high + (hash01(ix + 1, iy + 1, 0, seed) - high) * fx
    return (low + (high - low) * fy) * 2 - 1


def noise3(x: Array, y: Array, z: Array, seed: int = 0) -> Array:
    """Value noise in space, -1..1, one feature a unit."""
    ix, fx = _lattice(x)
    iy, fy = _lattice(y)
    iz, fz = _lattice(z)
    planes = []
    for dz in (0, 1):
        rows = []
        for dy in (0, 1):
            low = hash01(ix, iy + dy, iz + dz, seed)
            rows.append(low + (hash01(ix + 1, iy + dy, iz + dz, seed) - low) * fx)
        planes.append(rows[0] + (rows[1] - rows[0]) * fy)
    return (planes[0] + (planes[1] - planes[0]) * fz) * 2 - 1


def fractal2(x: Array, y: Array, octaves: int = 4, seed: int = 0) -> Array:
    """Octaves of ``noise2``, each twice as fine and half as strong; about -1..1."""
    total = np.zeros(np.broadcast(x, y).shape, np.float32)
    for octave in range(octaves):
        scale = np.float32(2**octave)
        total += noise2(x * scale, y * scale, seed + octave) / scale
    return total / np.float32(2 - 2.0 ** (1 - octaves))


def fractal3(x: Array, y: Array, z: Array, octaves: int = 3, seed: int = 0) -> Array:
    total = np.zeros(x.shape, np.float32)
    for octave in range(octaves):
        scale = np.float32(2**octave)
        total += noise3(x * scale, y * scale, z * scale, seed + octave) / scale
    return total / np.float32(2 - 2.0 ** (1 - octaves))


def cells2(x: Array, y: Array, seed: int = 0) -> tuple[Array, Array]:
    """Distances to the nearest and the second nearest of one jittered point a unit cell."""
    ix, iy = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
    first = np.full(x.shape, 9.0, np.float32)
    second = first.copy()
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            px = ix + dx + hash01(ix + dx, iy + dy, 0, seed) - x
            py = iy + dy + hash01(ix + dx, iy + dy, 0, seed + 7919) - y
            distance = px * px + py * py
            second = np.minimum(second, np.maximum(first, distance))
            first = np.minimum(first, distance)
    return np.sqrt(first).astype(np.float32), np.sqrt(second).astype(np.float32)


def specks(x: Array, y: Array, z: Array, size: float, share: float, seed: int = 0) -> Array:
    """Round specks of about ``size``: 1 in their middle, 0 outside; in a ``share`` of cells."""
    cell = np.float32(size * 4)
    x, y, z = x * 0.8 + z * 0.6, y + x * 0.31, z * 0.8 - x * 0.6  # else they stand in rows
    ix, iy, iz = (np.floor(v / cell).astype(np.int32) for v in (x, y, z))
    present = hash01(ix, iy, iz, seed) < share
    radius = np.float32(size) * (0.25 + 0.75 * hash01(ix, iy, iz, seed + 4))
    distance = np.zeros(x.shape, np.float32)
    for axis, (index, value) in enumerate(((ix, x), (iy, y), (iz, z))):
        center = index + 0.25 + 0.5 * hash01(ix, iy, iz, seed + 1 + axis)
        distance += (value - center * cell) ** 2
    inside = np.clip((radius - np.sqrt(distance)) / (radius * 0.4), 0, 1)
    return np.where(present, inside, 0).astype(np.float32)


def smoothstep(low: float, high: float, v: Array) -> Array:
    t = np.clip((v - np.float32(low)) / np.float32(high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)
