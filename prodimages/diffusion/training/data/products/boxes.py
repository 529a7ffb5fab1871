"""Cartons, gifts, books and devices."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.products.looks import second
from prodimages.diffusion.training.data.shapes import Part, box, lathe, tube
from prodimages.engines.studio.vocabulary import COLORS


def carton(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    d = w * rng.uniform(0.3, 0.9)
    parts = [box(w, d, h, str(rng.choice(["matte", "plastic"])), color, bevel=0.1)]
    if rng.random() < 0.6:
        tall = h * rng.uniform(0.12, 0.4)
        label = box(w * rng.uniform(0.5, 1.003), 0.06, tall, "matte", second(rng), bevel=0)
        parts.append(label.moved(y=-d / 2 - 0.005, z=h * rng.uniform(0.2, 0.5)))
    return parts


def gift(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    d = w * rng.uniform(0.7, 1.0)
    band = COLORS[str(rng.choice(["white", "gold", "red", "cream", "black", "sage"]))]
    parts = [
        box(w, d, 0.78 * h, "matte", color, bevel=0.15),
        box(w + 0.6, d + 0.6, 0.2 * h, "matte", color, bevel=0.15).moved(z=0.66 * h),
        box(0.12 * w, d + 0.75, 0.87 * h, "gloss", band, bevel=0.02),
        box(w + 0.75, 0.12 * w, 0.87 * h, "gloss", band, bevel=0.02),
    ]
    a = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    for side in (-1, 1):
        loop = np.stack(
            [
                side * 0.16 * w * (1 - np.cos(a)) * 0.8,
                0.04 * w * np.sin(2 * a),
                0.87 * h + 0.12 * h * np.sin(a) * side + 0.1 * h,
            ],
            -1,
        )
        parts.append(tube(loop, 0.03 * w, "gloss", band, closed=True))
    return parts


def books(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    parts, z = [], 0.0
    count = max(1, round(h / rng.uniform(2.0, 3.5)))
    for index in range(count):
        thick, turn = h / count, rng.normal(0, 5)
        bw, bd = w * rng.uniform(0.85, 1.0), w * rng.uniform(1.1, 1.35)
        cover = color if index in (0, count - 1) else COLORS[str(rng.choice(list(COLORS)))]
        pages = box(bw - 0.5, bd - 0.4, thick - 0.4, "matte", "#f0e9da", bevel=0)
        shells = [
            box(bw, bd, 0.2, "matte", cover, bevel=0.05).moved(z=z),
            box(bw, bd, 0.2, "matte", cover, bevel=0.05).moved(z=z + thick - 0.2),
            box(bw, 0.25, thick, "matte", cover, bevel=0.1).moved(y=-bd / 2 + 0.12, z=z),
        ]
        parts += [part.turned(turn) for part in (*shells, pages.moved(z=z + 0.2))]
        z += thick
    return parts


def speaker(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    d = w * rng.uniform(0.5, 0.9)
    parts = [box(w, d, h, str(rng.choice(["wood", "plastic", "matte"])), color, bevel=0.08 * w)]
    r = 0.36 * min(w, h)
    cone = [(0, 0.3), (0.35 * r, 0.5), (r, 0.0), (r * 1.08, 0.25), (r * 1.08, -0.2)]
    disc = lathe(cone, "matte", "#2c2d30").turned(90, "x").moved(y=-d / 2 + 0.1)
    parts.append(disc.moved(z=h * (0.36 if h > 1.2 * w else 0.5)))
    if h > 1.2 * w:
        parts.append(disc.scaled(0.5, 1, 0.5).moved(z=0.78 * h))
    return parts


def tray(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    kind = str(rng.choice(["wood", "metal", "plastic"]))
    floor = box(w, h, 0.8, kind, color, bevel=0.2)
    rims = [box(w, 1, 2.6, kind, color, bevel=0.25).moved(y=s * (h / 2 - 0.5)) for s in (-1, 1)] + [
        box(1, h, 2.6, kind, color, bevel=0.25).moved(x=s * (w / 2 - 0.5)) for s in (-1, 1)
    ]
    return [part.moved(y=h / 2) for part in (floor, *rims)]


def phone(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return [
        box(w, h, 0.8, "metal paint", color, bevel=0.35).moved(y=h / 2),
        box(w - 0.5, h - 0.5, 0.1, "gloss", "#101114", bevel=0.04).moved(y=h / 2, z=0.74),
    ]
