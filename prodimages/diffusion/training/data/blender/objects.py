"""Meshes, planes and lamps in the Blender scene. Lengths in meters."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import Any

import bpy
import numpy as np

from prodimages.diffusion.training.data.blender import materials
from prodimages.diffusion.training.data.shapes import Part

Vector = tuple[float, float, float]


def mesh(
    name: str,
    vertices: Iterable[Sequence[float]],
    faces: Sequence[Sequence[int]],
    material: Any,
    *,
    smooth: bool = False,
) -> Any:
    data = bpy.data.meshes.new(name)
    data.from_pydata([tuple(map(float, vertex)) for vertex in vertices], [], list(faces))
    data.materials.append(material)
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    placed = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(placed)
    return placed


def part(piece: Part, rng: random.Random, role: str = "product") -> Any:
    """A product's part, its centimeters as meters."""
    made = mesh(
        role,
        piece.vertices / 100,
        piece.faces,
        materials.product(piece.material, piece.color, rng, role),
        smooth=piece.smooth,
    )
    if piece.bevel:
        bevel = made.modifiers.new("bevel", "BEVEL")
        bevel.width, bevel.segments, bevel.limit_method = piece.bevel / 100, 3, "ANGLE"
        bevel.harden_normals = True
    return made


def plane(name: str, width: float, height: float, material: Any) -> Any:
    """In the object's own x and y, about its origin, with UV coordinates."""
    w, h = width / 2, height / 2
    made = mesh(name, [(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)], [(0, 1, 2, 3)], material)
    layer = made.data.uv_layers.new(name="uv")
    layer.data.foreach_set("uv", [0, 0, 1, 0, 1, 1, 0, 1])
    return made


def upright(made: Any, y: float, z: float = 0.0, x: float = 0.0) -> Any:
    """Turns a plane to face the viewer at depth ``y``."""
    made.rotation_euler = (math.pi / 2, 0, 0)
    made.location = (x, y, z)
    return made


def slab(name: str, low: Vector, high: Vector, bevel: float, material: Any) -> Any:
    """A box between two corners, its edges rounded by ``bevel``."""
    (a, b, c), (d, e, f) = low, high
    corners = [(x, y, z) for z in (c, f) for x, y in ((a, b), (d, b), (d, e), (a, e))]
    faces = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    made = mesh(name, corners, faces, material)
    if bevel:
        rounding = made.modifiers.new("bevel", "BEVEL")
        rounding.width, rounding.segments = bevel, 3
    return made


def drum(name: str, radius: float, low: float, high: float, bevel: float, material: Any) -> Any:
    """An upright cylinder."""
    count = 72
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = [(radius * math.cos(a), radius * math.sin(a)) for a in angles]
    vertices = [(x, y, z) for z in (low, high) for x, y in ring]
    faces: list[tuple[int, ...]] = [
        (i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)
    ]
    faces += [tuple(reversed(range(count))), tuple(range(count, 2 * count))]
    made = mesh(name, vertices, faces, material)
    rounding = made.modifiers.new("bevel", "BEVEL")
    rounding.width, rounding.segments, rounding.limit_method = bevel, 3, "ANGLE"
    return made


def lamp(
    kind: str, group: str, toward: Vector, target: Vector, distance: float, **settings: Any
) -> Any:
    """A lamp in the direction ``toward`` from ``target``, shining at it, in a light group."""
    data = bpy.data.lights.new(f"{group} {kind}", kind)
    for name, value in settings.items():
        setattr(data, name, value)
    placed = bpy.data.objects.new(data.name, data)
    placed.location = tuple(t + distance * d for t, d in zip(target, toward, strict=True))
    placed.rotation_euler = facing(toward)
    placed.lightgroup = group
    bpy.context.scene.collection.objects.link(placed)
    return placed


def facing(toward: Vector) -> Vector:
    """Euler angles that turn -z away from ``toward``, so that a lamp there shines back."""
    import mathutils

    turned = mathutils.Vector(toward).to_track_quat("Z", "Y").to_euler()
    return tuple(turned)


def shadow_only(made: Any) -> Any:
    """An object that only keeps light away: nothing sees or mirrors it."""
    made.visible_camera = made.visible_diffuse = made.visible_glossy = False
    made.visible_transmission = made.visible_volume_scatter = False
    return made
