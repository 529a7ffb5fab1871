"""What the sun shines through: window bars, blinds and foliage, as flat outlines."""

from __future__ import annotations

import math
import random

Corner = tuple[float, float, float]
Outlines = tuple[list[Corner], list[tuple[int, ...]]]
"""Vertices, and faces as their numbers."""
Quad = tuple[tuple[float, float], tuple[float, float]]


def window(span: float, rng: random.Random) -> Outlines:
    """Vertices and faces in x, y of a dark wall with a window ``span`` wide about the origin."""
    width, height = span * rng.uniform(0.7, 1.1), span * rng.uniform(0.8, 1.3)
    far = 12 * span
    quads: list[Quad] = [
        ((-far, -far), (-width / 2, far)),
        ((width / 2, -far), (far, far)),
        ((-width / 2, height / 2), (width / 2, far)),
        ((-width / 2, -far), (width / 2, -height / 2)),
    ]
    if rng.random() < 0.35:
        pitch = span * rng.uniform(0.055, 0.11)
        open_share = rng.uniform(0.45, 0.65)
        y = -height / 2
        while y < height / 2:
            quads.append(((-width / 2, y), (width / 2, y + pitch * (1 - open_share))))
            y += pitch
    else:
        bar = span * rng.uniform(0.025, 0.05)
        for count, across in ((rng.randint(2, 3), True), (rng.randint(2, 4), False)):
            reach = width if across else height
            for k in range(1, count):
                at = -reach / 2 + reach * k / count
                if across:
                    quads.append(((at - bar / 2, -height / 2), (at + bar / 2, height / 2)))
                else:
                    quads.append(((-width / 2, at - bar / 2), (width / 2, at + bar / 2)))
    return _quads(quads)


def foliage(span: float, rng: random.Random) -> Outlines:
    """Vertices and faces in x, y of palm fronds, or twigs with leaves, across the light."""
    vertices: list[tuple[float, float, float]] = []
    faces: list[tuple[int, ...]] = []
    palm = rng.random() < 0.5
    for _ in range(rng.randint(3, 6) if palm else rng.randint(7, 13)):
        x, y = rng.uniform(-0.8, 0.8) * span, rng.uniform(-0.8, 0.8) * span
        heading = rng.uniform(0, 2 * math.pi)
        length = span * (rng.uniform(0.8, 1.4) if palm else rng.uniform(0.5, 0.9))
        x -= 0.5 * length * math.cos(heading)
        y -= 0.5 * length * math.sin(heading)
        pairs = rng.randint(13, 20) if palm else rng.randint(5, 9)
        bend = rng.uniform(-0.8, 0.8)
        for k in range(pairs):
            share = (k + 1) / pairs
            angle = heading + bend * share
            x += length / pairs * math.cos(angle)
            y += length / pairs * math.sin(angle)
            for side in (-1, 1):
                if palm:
                    reach = length * 0.42 * math.sin(math.pi * (0.12 + 0.82 * share)) ** 0.8
                    thick, lean = 0.045, 0.75
                else:
                    reach = length * rng.uniform(0.14, 0.26)
                    thick, lean = 0.24, rng.uniform(0.5, 1.1)
                _leaf(vertices, faces, x, y, angle + side * lean, reach, thick * reach)
    return vertices, faces


def _leaf(
    vertices: list[Corner],
    faces: list[tuple[int, ...]],
    x: float,
    y: float,
    angle: float,
    length: float,
    half: float,
) -> None:
    first = len(vertices)
    c, s = math.cos(angle), math.sin(angle)
    outline = [
        (0, 0),
        (0.25, 0.8),
        (0.5, 1),
        (0.78, 0.6),
        (1, 0),
        (0.78, -0.6),
        (0.5, -1),
        (0.25, -0.8),
    ]
    for along, across in outline:
        u, v = along * length, across * half
        vertices.append((x + u * c - v * s, y + u * s + v * c, 0.0))
    faces.append(tuple(range(first, first + len(outline))))


def _quads(quads: list[Quad]) -> Outlines:
    vertices: list[Corner] = []
    faces: list[tuple[int, ...]] = []
    for (a, b), (c, d) in quads:
        first = len(vertices)
        vertices += [(a, b, 0.0), (c, b, 0.0), (c, d, 0.0), (a, d, 0.0)]
        faces.append((first, first + 1, first + 2, first + 3))
    return vertices, faces
