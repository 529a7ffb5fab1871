"""Garments, worn by nobody or folded."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.products.looks import second
from prodimages.diffusion.training.data.shapes import Part, box, cloth, folds, grid, lathe, rounded
from prodimages.engines.studio.vocabulary import COLORS


def folded(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    """A pile of folded cloths: each one layered, with a round fold in front."""
    parts, z = [], 0.0
    count = max(1, round(h / rng.uniform(3.0, 5.5)))
    for index in range(count):
        thick = h / count * rng.uniform(0.92, 1.0)
        shade = color if index != 1 or rng.random() < 0.5 else COLORS[str(rng.choice(list(COLORS)))]
        layers = int(rng.integers(2, 4))
        for layer in range(layers):
            t = thick / layers
            ww, dd = w * rng.uniform(0.95, 1.0), 0.75 * w * rng.uniform(0.94, 1.0)
            # Close together at the rims, which are round.
            x, y = np.meshgrid(
                np.sin(np.linspace(-1, 1, 40) * np.pi / 2),
                np.sin(np.linspace(-1, 1, 32) * np.pi / 2),
            )
            edge = np.clip(1 - np.maximum(np.abs(x), np.abs(y)) ** 24, 0, 1)
            bump = 0.18 * folds(x * w / 2, y * w / 2, rng, span=w)
            top = np.stack([x * ww / 2, y * dd / 2, t * (0.5 + 0.55 * edge**0.5) + bump * edge], -1)
            low = np.stack([x * ww / 2, y * dd / 2, t * (0.5 - 0.5 * edge**0.5)], -1)
            rows, columns = x.shape
            faces = grid(top)
            faces += [tuple(v + rows * columns for v in reversed(f)) for f in grid(low)]
            both = np.concatenate([top.reshape(-1, 3), low.reshape(-1, 3)])
            parts.append(
                Part(both, faces, "cloth", shade).moved(z=z + layer * t, x=rng.normal(0, 0.15))
            )
        z += thick
    return parts


def hat(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, crown = w / 2, w * rng.uniform(0.27, 0.31)
    dip = rng.uniform(0, 1.5)
    profile = [
        (r, 0.6 + dip),
        (0.8 * r, 0.35),
        (crown * 1.04, 0.6),
        (crown, 0.75 * h),
        (0.86 * crown, 0.97 * h),
        (0.4 * crown, h),
        (0, 0.97 * h),
    ]
    profile = [(r - 0.1, 0.3 + dip), *profile]
    band = [
        (crown * 1.05, 0.7),
        (crown * 1.07, 0.7),
        (crown * 1.05, 0.7 + 0.26 * h),
        (crown, 0.7 + 0.26 * h),
    ]
    return [
        lathe(rounded(profile, 1.6), "cloth", color).scaled(y=0.9),
        lathe(band, "cloth", second(rng)).scaled(y=0.9),
    ]


def shirt(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _top(w, h, color, rng, sleeve=0.33, thick=0.7)


def sweater(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _top(w, h, color, rng, sleeve=0.8, thick=1.4)


def _top(
    w: float, h: float, color: str, rng: np.random.Generator, *, sleeve: float, thick: float
) -> list[Part]:
    """Torso from hem to shoulders, and two sleeves."""
    half = 0.36 * w
    collar = 0.26 * half

    def edge(v: np.ndarray) -> np.ndarray:
        return np.interp(
            v, [0, 0.6, 0.9, 0.96, 1], [half * 1.02, half * 0.97, half, half * 0.8, collar * 1.5]
        )

    torso = cloth(lambda v: -edge(v), edge, h, thick, color, rng, wrinkles=0.8)
    # The neck line: the last rows sink in the middle.
    x, y, _z = torso.vertices.T
    dip = 0.13 * h * np.clip(1 - (x / (collar * 1.6)) ** 2, 0, 1)
    torso.vertices[:, 1] = np.where(y > 0.8 * h, y - dip * (y - 0.8 * h) / (0.2 * h), y)
    parts = [torso]
    root, cuff = half * 0.5, half * (0.42 if sleeve < 0.5 else 0.24)

    def tapered(v: np.ndarray) -> np.ndarray:
        return root + (cuff - root) * v

    for side in (-1, 1):
        length = (w / 2 - 0.8 * half) / np.sin(np.radians(52)) * (1.0 if sleeve < 0.5 else 1.7)
        arm = cloth(
            lambda v: -tapered(v),
            lambda v: tapered(v) / 2,
            length,
            thick * 0.95,
            color,
            rng,
            wrinkles=0.6,
        )
        angle = 180 - (52 if sleeve < 0.5 else 28)
        arm = arm.scaled(x=-side) if side < 0 else arm
        arm.vertices[:, 0] *= 1
        arm = arm.turned(-side * angle).moved(side * 0.72 * half, 0.87 * h, 0.02)
        parts.append(arm)
    return parts


def dress(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    wide, waist, bust = w / 2, 0.24 * w, 0.34 * w

    def edge(v: np.ndarray) -> np.ndarray:
        return np.interp(
            v, [0, 0.58, 0.64, 0.82, 0.93, 1], [wide, waist * 1.1, waist, bust, 0.3 * w, 0.22 * w]
        )

    dress = cloth(lambda v: -edge(v), edge, h, 0.8, color, rng, wrinkles=1.3)
    x, y, _z = dress.vertices.T
    dip = 0.1 * h * np.clip(1 - (x / (0.16 * w)) ** 2, 0, 1)
    dress.vertices[:, 1] = np.where(y > 0.85 * h, y - dip * (y - 0.85 * h) / (0.15 * h), y)
    return [dress]


def trousers(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    parts = []
    for side in (-1, 1):
        outer = rng.uniform(0.44, 0.5) * w

        def out(v: np.ndarray, outer: float = outer) -> np.ndarray:
            return np.interp(v, [0, 0.7, 0.9, 1], [outer, 0.48 * w, 0.46 * w, 0.4 * w])

        def inner(v: np.ndarray) -> np.ndarray:
            return np.interp(v, [0, 0.7, 0.74, 1], [0.12 * w, 0.02 * w, -0.03 * w, -0.03 * w])

        leg = cloth(inner, out, h, 0.8, color, rng, wrinkles=0.7)
        parts.append(leg.scaled(x=side) if side > 0 else _mirrored(leg))
    return [*parts, box(0.8 * w, 3.6, 1.3, "cloth", color, bevel=0.5).moved(y=h - 1.8)]


def _mirrored(part: Part) -> Part:
    faces = [tuple(reversed(face)) for face in part.faces]
    return Part(part.vertices * np.array([-1, 1, 1]), faces, part.material, part.color)


def scarf(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    def left(v: np.ndarray) -> np.ndarray:
        return -w / 2 + 1.2 * np.sin(5 * v + 1)

    strip = cloth(left, lambda v: left(v) + w * 0.96, h, 1.2, color, rng, wrinkles=1.2)
    return [strip]


def towel(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    sheet = cloth(
        lambda v: -w / 2 + 0 * v, lambda v: w / 2 + 0 * v, h, 1.6, color, rng, wrinkles=0.7
    )
    return [sheet]
