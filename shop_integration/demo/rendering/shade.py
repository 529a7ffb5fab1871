"""How much light a point of the product sends to the camera."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering.light import Room
from shop_integration.demo.rendering.scene import Scene
from shop_integration.demo.rendering.surfaces import Points
from shop_integration.demo.rendering.trace import occlusion, visibility
from shop_integration.demo.rendering.vectors import Array, Vectors, along, constant, dot, pick

MATTE = 0.7
"""Roughness from which on a surface mirrors so little that nothing is traced for it."""
LIFT = 0.03
"""Centimetres by which rays start above the surface, so as not to hit it at once."""


def shade(scene: Scene, room: Room, points: Points, way: Vectors) -> Array:
    """(N, 3) linear radiance of points seen along unit vectors ``way``."""
    lifted = along(points.position, points.normal, LIFT)
    open_share = occlusion(scene, points.position, points.normal, 0.30 * scene.size)
    irradiance = _interreflected(open_share, points.albedo) * room.ambient(points.bent)
    direct = _direct(scene, room, points.bent, lifted) * np.float32(room.KEY_POWER)
    irradiance += direct[:, None] * np.float32(room.window)
    diffuse = points.albedo * irradiance

    cosine = np.clip(-dot(way, points.bent), 0.02, 1)
    fresnel = _fresnel(points, cosine)
    mirrored = along(way, points.bent, 2 * cosine)
    free = 0.25 + 0.75 * open_share
    glossy = np.flatnonzero(points.roughness < MATTE)
    start, ray = pick(lifted, glossy), pick(mirrored, glossy)
    free[glossy] *= visibility(scene, start, ray, softness=0.12, steps=16)
    free = free[:, None]
    # Where the product mirrors itself, its own color stands for what would be seen there.
    mirror = room.reflected(mirrored, points.roughness) * free + diffuse * 0.6 * (1 - free)
    rim = ((1 - cosine) ** 3 * points.sheen)[:, None] * irradiance * np.sqrt(points.albedo)
    scattered = diffuse * (1 - fresnel) * (1 - points.metal[:, None])
    return np.asarray(scattered + fresnel * mirror + 0.5 * rim)


def _direct(scene: Scene, room: Room, normal: Vectors, lifted: Vectors) -> Array:
    """Mean over the window of the cosine to it where the product does not block it."""
    total = np.zeros(len(normal[0]), np.float32)
    lights = room.samples(2)
    for light in lights:
        toward = constant(light)
        facing = dot(normal, toward)
        lit = np.flatnonzero(facing > 0)
        free = visibility(scene, pick(lifted, lit), toward, softness=room.size * 0.55)
        total[lit] += facing[lit] * free
    return total / np.float32(len(lights))


def _fresnel(points: Points, cosine: Array) -> Array:
    """(N, 3) mirrored share by Schlick's approximation, held down on rough surfaces."""
    metal = points.metal[:, None]
    head_on = points.specular[:, None] * (1 - metal) + points.albedo * metal
    grazing = np.maximum(1 - points.roughness[:, None], head_on)
    return np.asarray(head_on + (grazing - head_on) * ((1 - cosine) ** 5)[:, None])


def _interreflected(open_share: Array, albedo: Array) -> Array:
    """Occlusion brightened by light that bounces between pale walls (Jimenez et al. 2016)."""
    share = open_share[:, None]
    a = 2.0404 * albedo - 0.3324
    b = -4.7951 * albedo + 0.6417
    c = 2.7552 * albedo + 0.6903
    return np.maximum(share, ((share * a + b) * share + c) * share)
