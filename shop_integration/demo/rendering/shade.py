"""How much light a point of the product sends to the camera."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering.light import Room
from shop_integration.demo.rendering.scene import Part, Scene, Surface
from shop_integration.demo.rendering.trace import normals, occlusion, visibility

Array = np.ndarray
Vectors = tuple[Array, Array, Array]

MATTE = 0.7
"""Roughness from which on a surface mirrors so little that nothing is traced for it."""


def shade(scene: Scene, room: Room, point: Vectors, way: Vectors) -> tuple[Array, Array, Array]:
    """Color, normal and part index of surface points seen along unit vectors ``way``.

    Returns (N, 3) linear radiance, (N, 3) geometric normals and (N,) indexes.
    """
    part_index = scene.nearest_part(*point)
    smooth, bent, look = _surfaces(scene, part_index, point)
    color = _lit(scene, room, point, way, smooth, bent, look)
    return color, np.stack(smooth, axis=1), part_index


def _surfaces(scene: Scene, index: Array, point: Vectors) -> tuple[Vectors, Vectors, Surface]:
    """Normals without and with relief, and the surfaces of all parts joined."""
    count = len(index)
    smooth, bent = np.zeros((3, count), np.float32), np.zeros((3, count), np.float32)
    albedo = np.zeros((count, 3), np.float32)
    values = {name: np.zeros(count, np.float32) for name in _SCALARS}
    for number, part in enumerate(scene.parts):
        own = np.flatnonzero(index == number)
        if own.size == 0:
            continue
        at = point[0][own], point[1][own], point[2][own]
        smooth[:, own] = normals(part.distance, *at)
        bent[:, own] = normals(_with_relief(part), *at, 0.006) if part.relief else smooth[:, own]
        surface = part.surface(*at)
        albedo[own] = surface.albedo
        for name, value in values.items():
            value[own] = getattr(surface, name)
    return tuple(smooth), tuple(bent), Surface(albedo=albedo, **values)  # type: ignore[arg-type]


_SCALARS = ("roughness", "specular", "metal", "sheen")


def _with_relief(part: Part):
    assert part.relief is not None
    relief, distance = part.relief, part.distance
    return lambda x, y, z: distance(x, y, z) - relief(x, y, z)


def _lit(
    scene: Scene,
    room: Room,
    point: Vectors,
    way: Vectors,
    smooth: Vectors,
    normal: Vectors,
    look: Surface,
) -> Array:
    lifted = tuple(p + n * np.float32(0.03) for p, n in zip(point, smooth, strict=True))
    open_share = occlusion(scene, point, smooth, 0.30 * scene.size)
    direct = np.zeros(len(point[0]), np.float32)
    lights = room.samples(2)
    for light in lights:
        facing = sum(n * np.float32(v) for n, v in zip(normal, light, strict=True))
        lit = np.flatnonzero(facing > 0)
        start = tuple(v[lit] for v in lifted)
        ray = tuple(np.float32(v) for v in light)
        direct[lit] += facing[lit] * visibility(scene, start, ray, softness=room.size * 0.55)
    direct /= len(lights)

    scattered = _interreflected(open_share, look.albedo) * room.ambient(normal)
    scattered += (direct * np.float32(room.KEY_POWER))[:, None] * np.float32(room.window)
    diffuse = look.albedo * scattered

    cosine = -sum(d * n for d, n in zip(way, normal, strict=True))
    cosine = np.clip(cosine, 0.02, 1)
    mirrored = tuple(d + 2 * cosine * n for d, n in zip(way, normal, strict=True))
    metal = look.metal[:, None]
    head_on = look.specular[:, None] * (1 - metal) + look.albedo * metal
    gloss = 1 - look.roughness[:, None]
    fresnel = head_on + (np.maximum(gloss, head_on) - head_on) * ((1 - cosine) ** 5)[:, None]
    free = 0.25 + 0.75 * open_share
    glossy = np.flatnonzero(look.roughness < MATTE)
    start, ray = (tuple(v[glossy] for v in vectors) for vectors in (lifted, mirrored))
    free[glossy] *= visibility(scene, start, ray, softness=0.12, steps=16)
    free = free[:, None]
    mirror = room.reflected(mirrored, look.roughness)
    specular = fresnel * (mirror * free + diffuse * 0.6 * (1 - free))

    rim = ((1 - cosine) ** 3 * look.sheen)[:, None] * scattered * 0.5
    return diffuse * (1 - fresnel) * (1 - metal) + specular + rim * np.sqrt(look.albedo)


def _interreflected(open_share: Array, albedo: Array) -> Array:
    """Occlusion brightened by light that bounces between pale walls (Jimenez et al. 2016)."""
    share = open_share[:, None]
    a = 2.0404 * albedo - 0.3324
    b = -4.7951 * albedo + 0.6417
    c = 2.7552 * albedo + 0.6903
    return np.maximum(share, ((share * a + b) * share + c) * share)
