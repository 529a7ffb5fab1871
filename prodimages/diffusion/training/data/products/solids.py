"""Spheres, cones, blocks, rings and toys."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.products.looks import second, solid
from prodimages.diffusion.training.data.shapes import Part, box, lathe, rounded, tube


def sphere(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    a = np.linspace(0.02, np.pi, 32)
    profile = [(r * float(np.sin(x)), r * float(1 - np.cos(x))) for x in a]
    return [lathe([(0, 0), *profile], solid(rng), color)]


def cone(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    top = w / 2 * float(rng.choice([0.0, 0.3, 1.0]))
    return [lathe(rounded([(0, 0), (w / 2, 0), (top, h), (0, h)], 0.3), solid(rng), color)]


def block(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    parts = [box(w, w * rng.uniform(0.6, 1.0), h, solid(rng), color, bevel=rng.uniform(0.05, 1.5))]
    if rng.random() < 0.4:
        small = box(0.55 * w, 0.5 * w, 0.4 * h, solid(rng), second(rng), bevel=0.3)
        parts.append(small.turned(rng.uniform(-40, 40)).moved(z=h))
    return parts


def ring(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    bar = w * rng.uniform(0.09, 0.16)
    a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    r = w / 2 - bar
    path = np.stack([r * np.cos(a), 0 * a, w / 2 + r * np.sin(a)], -1)
    return [tube(path, bar, solid(rng), color, closed=True)]


def toy(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    """A plush animal sitting: spheres for body, head, ears and limbs."""

    def ball(r: float, x: float, y: float, z: float, shade: str = color) -> Part:
        a = np.linspace(0.01, np.pi, 24)
        profile = [(r * float(np.sin(v)), -r * float(np.cos(v))) for v in a]
        return lathe(profile, "cloth", shade, segments=36).moved(x, y, z)

    r, light = 0.3 * h, second(rng)
    parts = [
        ball(r, 0, 0, r * 0.95).scaled(x=0.95),
        ball(0.24 * h, 0, -0.03 * h, 0.72 * h),
        ball(0.09 * h, 0, -0.24 * h, 0.68 * h, light).scaled(y=1),
        *(ball(0.08 * h, s * 0.19 * h, 0, 0.91 * h) for s in (-1, 1)),
        *(ball(0.11 * h, s * 0.2 * h, -0.22 * h, 0.1 * h) for s in (-1, 1)),
        *(ball(0.09 * h, s * 0.27 * h, -0.12 * h, 0.4 * h) for s in (-1, 1)),
        *(ball(0.022 * h, s * 0.08 * h, -0.25 * h, 0.77 * h, "#17181a") for s in (-1, 1)),
    ]
    return parts
