"""Solids as vertices and faces, in centimeters, z up: what products are put together from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np


@dataclasses.dataclass
class Part:
    """A piece of one material."""

    vertices: np.ndarray
    """(n, 3) in cm."""
    faces: list[tuple[int, ...]]
    material: str
    """``plastic``, ``metal``, ``glass``, ``ceramic``, ``leather``, ``cloth``, ``wood``, ``leaf``"""
    color: str
    """``#rrggbb``"""
    smooth: bool = True
    bevel: float = 0.0
    """Radius of rounded edges in cm."""

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Part:
        return dataclasses.replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, degrees: float, axis: str = "z") -> Part:
        return dataclasses.replace(self, vertices=self.vertices @ rotation(degrees, axis).T)

    def scaled(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Part:
        return dataclasses.replace(self, vertices=self.vertices * np.array([x, y, z]))


def rotation(degrees: float, axis: str) -> np.ndarray:
    """(3, 3) matrix that turns about ``x``, ``y`` or ``z``."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
        "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
    }[axis]


def grid(
    points: np.ndarray, *, close_u: bool = False, close_v: bool = False
) -> list[tuple[int, ...]]:
    """Quads over (u, v) vertices that are stored row by row; closed directions wrap around."""
    rows, columns = points.shape[:2]
    faces: list[tuple[int, ...]] = []
    for i in range(rows if close_u else rows - 1):
        for j in range(columns if close_v else columns - 1):
            below, beside = (i + 1) % rows, (j + 1) % columns
            faces.append(
                (
                    i * columns + j,
                    i * columns + beside,
                    below * columns + beside,
                    below * columns + j,
                )
            )
    return faces


def lathe(
    profile: Sequence[tuple[float, float]], material: str, color: str, *, segments: int = 56
) -> Part:
    """The solid of revolution about z of (radius, height) points from the bottom's middle up."""
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    radii = np.array([max(r, 1e-3) for r, _z in profile])
    heights = np.array([z for _r, z in profile])
    points = np.stack(
        [
            radii[:, None] * np.cos(angles),
            radii[:, None] * np.sin(angles),
            np.broadcast_to(heights[:, None], (len(radii), segments)),
        ],
        axis=-1,
    )
    return Part(points.reshape(-1, 3), grid(points, close_v=True), material, color)


def rounded(profile: Sequence[tuple[float, float]], radius: float) -> list[tuple[float, float]]:
    """``profile`` with its corners cut by quarter arcs of about ``radius`` cm."""
    out: list[tuple[float, float]] = [profile[0]]
    for before, corner, after in zip(profile, profile[1:], profile[2:], strict=False):
        b, c, a = (np.array(p, dtype=float) for p in (before, corner, after))
        first, second = np.linalg.norm(b - c), np.linalg.norm(a - c)
        if min(first, second) < 1e-6:
            continue
        reach = min(radius, 0.45 * first, 0.45 * second)
        start, stop = c + (b - c) / first * reach, c + (a - c) / second * reach
        for t in np.linspace(0, 1, 5):
            point = (1 - t) ** 2 * start + 2 * t * (1 - t) * c + t**2 * stop
            out.append((float(point[0]), float(point[1])))
    out.append(profile[-1])
    return out


def box(
    width: float, depth: float, height: float, material: str, color: str, *, bevel: float = 0.2
) -> Part:
    """A box that stands on z = 0 over the origin."""
    w, d = width / 2, depth / 2
    vertices = np.array(
        [(x, y, z) for z in (0, height) for x, y in ((-w, -d), (w, -d), (w, d), (-w, d))],
        dtype=float,
    )
    faces = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    return Part(vertices, faces, material, color, smooth=True, bevel=bevel)


def tube(
    path: np.ndarray, radius: float, material: str, color: str, *, closed: bool = False
) -> Part:
    """A round bar along the (n, 3) ``path``."""
    tangents = np.gradient(path, axis=0)
    if closed:
        tangents = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-9
    up = np.array([0.0, 1.0, 0.0])
    if abs(tangents @ up).max() > 0.95:
        up = (
            np.array([1.0, 0.0, 0.0]) if abs(tangents[:, 0]).max() < 0.95 else np.array([0, 0, 1.0])
        )
    side = np.cross(tangents, up)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    other = np.cross(tangents, side)
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    points = (
        path[:, None]
        + radius * np.cos(angles)[None, :, None] * side[:, None]
        + radius * np.sin(angles)[None, :, None] * other[:, None]
    )
    return Part(points.reshape(-1, 3), grid(points, close_u=closed, close_v=True), material, color)


def loft(sections: Sequence[np.ndarray], material: str, color: str, *, subdivide: int = 1) -> Part:
    """A skin over closed (k, 3) ``sections`` of equal length; the first and last are capped.

    ``subdivide`` doublings put smooth sections between them (a cubic Hermite spline).
    """
    points = np.stack(sections)
    if subdivide:
        points = _between(points, 2**subdivide)
    rows, columns = points.shape[:2]
    faces = grid(points, close_v=True)
    faces.append(tuple(range(columns)))
    faces.append(tuple((rows - 1) * columns + i for i in reversed(range(columns))))
    return Part(points.reshape(-1, 3), faces, material, color)


def _between(points: np.ndarray, parts: int) -> np.ndarray:
    """(rows, k, 3) with ``parts`` - 1 interpolated rows between each two."""
    slopes = np.gradient(points, axis=0)
    t = (np.arange(parts) / parts)[None, :, None, None]
    a, b, da, db = (x[:, None] for x in (points[:-1], points[1:], slopes[:-1], slopes[1:]))
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * da
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * db
    )
    return np.concatenate([curve.reshape(-1, *points.shape[1:]), points[-1:]])


def ellipse(
    width: float, depth: float, z: float, *, power: float = 2.0, count: int = 28
) -> np.ndarray:
    """(count, 3) a superellipse at height ``z``; ``power`` 2 is round, 5 nearly a rectangle."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(angles), np.sin(angles)
    return np.stack(
        [
            width / 2 * np.sign(c) * np.abs(c) ** (2 / power),
            depth / 2 * np.sign(s) * np.abs(s) ** (2 / power),
            np.full(count, z),
        ],
        axis=-1,
    )


def cloth(
    left: Callable[[np.ndarray], np.ndarray],
    right: Callable[[np.ndarray], np.ndarray],
    length: float,
    thickness: float,
    color: str,
    rng: np.random.Generator,
    *,
    wrinkles: float = 0.5,
) -> Part:
    """A limp piece lying on z = 0 from y = 0 to ``length``.

    ``left`` and ``right`` give its edges' x for an array of shares 0..1 of the length.
    ``wrinkles`` is their height in cm.
    """
    v = np.linspace(0, 1, 64)
    u = np.linspace(0, 1, 48)
    low, high = left(v)[:, None], right(v)[:, None]
    x = low + (high - low) * u
    y = np.broadcast_to((v * length)[:, None], x.shape)
    rim = (
        np.minimum(1, np.minimum(u, 1 - u) * 9)[None]
        * np.minimum(1, np.minimum(v, 1 - v) * 12)[:, None]
    )
    z = thickness * np.sqrt(np.clip(rim, 0, 1)) * (1 + 0 * x)
    z = z + np.clip(rim, 0, 1) * wrinkles * folds(x, y, rng, span=float(np.ptp(x)) + 1)
    points = np.stack([x, y, np.maximum(z, 0.0)], axis=-1)
    return Part(points.reshape(-1, 3), grid(points), "cloth", color)


def folds(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, *, span: float) -> np.ndarray:
    """About -1..1: soft creases that run in a few directions, in the manner of resting cloth."""
    total = np.zeros(np.broadcast(x, y).shape)
    for octave in range(5):
        angle = rng.normal(np.pi / 2, 0.7)
        frequency = 2 * np.pi * rng.uniform(1.2, 2.2) * 1.5**octave / span
        along = x * np.sin(angle) + y * np.cos(angle)
        across = x * np.cos(angle) - y * np.sin(angle)
        bend = rng.uniform(0.4, 1.6) * np.sin(across * frequency * 0.35 + rng.uniform(0, 6.3))
        wave = np.sin(along * frequency + bend + rng.uniform(0, 6.3))
        fade = 0.5 + 0.5 * np.sin(across * frequency * 0.22 + rng.uniform(0, 6.3))
        total += 0.62**octave * fade * (1 - np.abs(wave)) ** 1.3 * 1.6
    return total - total.mean()
