"""Parts as triangles with a normal at each corner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prodimages.diffusion.training.data.shapes import Part

CREASE = 0.72
"""Cosine of the angle beyond which an edge is sharp."""
Mesh = tuple[np.ndarray, np.ndarray]
"""(n, 3, 3) float corners and (n, 3, 3) normals."""


def mesh_of(part: Part) -> Mesh:
    """The part in meters."""
    if part.bevel and len(part.vertices) == 8:
        return bevelled(part.vertices / 100, part.bevel / 100)
    return smooth(part.vertices / 100, part.faces, smooth_shaded=part.smooth)


def smooth(
    vertices: np.ndarray, faces: Sequence[tuple[int, ...]], *, smooth_shaded: bool = True
) -> Mesh:
    """Triangles of polygons; normals are averaged over edges that are no crease."""
    vertices, index = _triangles(vertices, faces)
    corners = vertices[index]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    keep = np.linalg.norm(flat, axis=1) > 1e-14
    corners, flat, index = corners[keep], flat[keep], index[keep]
    facing = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    normals = np.repeat(facing[:, None], 3, axis=1)
    if smooth_shaded:
        total = np.zeros_like(vertices)
        for k in range(3):
            np.add.at(total, index[:, k], flat)
        total /= np.linalg.norm(total, axis=1, keepdims=True) + 1e-20
        mean = total[index]
        soft = np.einsum("nkj,nj->nk", mean, facing) > CREASE
        normals = np.where(soft[..., None], mean, normals)
    return corners, normals


def _triangles(
    vertices: np.ndarray, faces: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """Quads by a diagonal, larger polygons as fans around an added middle."""
    quads = np.array([face for face in faces if len(face) == 4], dtype=np.int64).reshape(-1, 4)
    triples = [face for face in faces if len(face) == 3]
    extra: list[np.ndarray] = []
    for face in faces:
        if len(face) > 4:
            middle = len(vertices) + len(extra)
            extra.append(vertices[list(face)].mean(0))
            turned = (*face[1:], face[0])
            triples += [(a, b, middle) for a, b in zip(face, turned, strict=True)]
    if extra:
        vertices = np.concatenate([vertices, np.stack(extra)])
    parts = [
        quads[:, [0, 1, 2]],
        quads[:, [0, 2, 3]],
        np.array(triples, dtype=np.int64).reshape(-1, 3),
    ]
    return vertices, np.concatenate(parts)


def bevelled(corners: np.ndarray, radius: float) -> Mesh:
    """The box over 8 (3,) ``corners`` (as ``shapes.box`` orders them) with round edges."""
    origin = corners[0]
    axes = np.stack([corners[1] - origin, corners[3] - origin, corners[4] - origin])
    size = np.linalg.norm(axes, axis=1)
    axes /= size[:, None]
    radius = min(radius, 0.49 * float(size.min()))
    all_corners, all_normals = [], []
    for axis in range(3):
        for side in (-1, 1):
            lines = [_steps(size[other], radius) for other in ((axis + 1) % 3, (axis + 2) % 3)]
            a, b = np.meshgrid(*lines, indexing="ij")
            local = np.empty((*a.shape, 3))
            local[..., axis] = side * size[axis] / 2
            local[..., (axis + 1) % 3], local[..., (axis + 2) % 3] = a, b
            inner = np.clip(local, -(size / 2 - radius), size / 2 - radius)
            normal = local - inner
            normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-20
            local = inner + radius * normal
            for triangle in (((0, 0), (1, 0), (1, 1)), ((0, 0), (1, 1), (0, 1))):
                rows, columns = local.shape[:2]
                pick = [np.s_[i : rows - 1 + i, j : columns - 1 + j] for i, j in triangle]
                all_corners.append(np.stack([local[at] for at in pick], axis=2).reshape(-1, 3, 3))
                all_normals.append(np.stack([normal[at] for at in pick], axis=2).reshape(-1, 3, 3))
    local, normal = np.concatenate(all_corners), np.concatenate(all_normals)
    middle = origin + (axes * size[:, None]).sum(0) / 2
    return middle + local @ axes, normal @ axes


def _steps(length: float, radius: float) -> np.ndarray:
    """Places along an edge: dense where it is round."""
    half = length / 2
    curve = half - radius * (1 - np.tan(np.linspace(0, np.pi / 4, 4)))
    return np.unique(np.concatenate([-curve, curve]))


def plane(width: float, height: float) -> Mesh:
    """In x and y about the origin, facing up."""
    w, h = width / 2, height / 2
    return smooth(np.array([(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0.0)]), [(0, 1, 2, 3)])


def upright(width: float, low: float, high: float, x: float, y: float) -> Mesh:
    """A wall that faces the viewer at depth ``y``."""
    w = width / 2
    points = [(x - w, y, low), (x + w, y, low), (x + w, y, high), (x - w, y, high)]
    return smooth(np.array(points, dtype=float), [(0, 1, 2, 3)])


def slab(low: Sequence[float], high: Sequence[float], bevel: float) -> Mesh:
    (a, b, c), (d, e, f) = low, high
    corners = [(x, y, z) for z in (c, f) for x, y in ((a, b), (d, b), (d, e), (a, e))]
    return bevelled(np.array(corners, dtype=float), bevel)


def drum(radius: float, low: float, high: float, bevel: float) -> Mesh:
    """An upright cylinder with a rounded rim."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    arc = np.linspace(0, np.pi / 2, 4)
    outline = [(radius, low)] + [
        (radius - bevel + bevel * np.cos(a), high - bevel + bevel * np.sin(a)) for a in arc
    ]
    outline = [(1e-4, low), *outline, (1e-4, high)]
    rings = np.array([[(r * np.cos(a), r * np.sin(a), z) for a in angles] for r, z in outline])
    count = len(angles)
    faces = [
        (
            i * count + j,
            i * count + (j + 1) % count,
            (i + 1) * count + (j + 1) % count,
            (i + 1) * count + j,
        )
        for i in range(len(outline) - 1)
        for j in range(count)
    ]
    return smooth(rings.reshape(-1, 3), faces)


def placed(mesh: Mesh, matrix: np.ndarray | None, move: Sequence[float]) -> Mesh:
    corners, normals = mesh
    if matrix is not None:
        corners, normals = corners @ matrix.T, normals @ matrix.T
    return corners + np.asarray(move), normals
