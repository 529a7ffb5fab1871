"""Lamps and seats."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.shapes import Part, box, lathe, rounded, tube


def lamp(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    shade, r = 0.42 * h, w / 2
    foot = rounded(
        [
            (0, 0),
            (0.4 * r, 0),
            (0.42 * r, 2),
            (0.1 * r, 3.5),
            (0.28 * r, 0.3 * h),
            (0.06 * r, 0.52 * h),
            (0.06 * r, 0.7 * h),
            (0, 0.7 * h),
        ],
        2,
    )
    top = [(r, h - shade), (0.66 * r, h), (0.65 * r, h), (0.985 * r, h - shade)]
    return [
        lathe(foot, str(rng.choice(["ceramic", "metal", "wood"])), color),
        lathe(top, "cloth", "#f1e6cf"),
    ]


def stool(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _seat(w, h, h, color, rng)


def chair(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    seat = 0.52 * h
    parts = _seat(w, seat, h, color, rng)
    back = box(0.92 * w, 2.2, 0.24 * h, parts[0].material, color, bevel=0.8).turned(-8, "x")
    posts = []
    for side in (-1, 1):
        path = np.stack(
            [
                np.full(8, side * 0.42 * w),
                np.linspace(0.42, 0.5, 8) * w,
                np.linspace(seat, 0.97 * h, 8),
            ],
            -1,
        )
        posts.append(tube(path, 1.4, "wood", parts[-1].color))
    return [*parts, *posts, back.moved(y=0.5 * w, z=0.74 * h)]


def _seat(w: float, seat: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    top = str(rng.choice(["wood", "leather", "plastic", "cloth"]))
    thick = 3.0 if top == "wood" else 5.0
    legs = "#b08a5a" if top != "wood" else color
    if rng.random() < 0.5 and seat == h:
        plate = lathe(
            rounded([(0, seat - thick), (w / 2, seat - thick), (w / 2, seat), (0, seat)], 1.2),
            top,
            color,
        )
    else:
        plate = box(w, w, thick, top, color, bevel=1.4).moved(z=seat - thick)
    parts = [plate]
    spread = rng.uniform(0.36, 0.48)
    for x in (-1, 1):
        for y in (-1, 1):
            s = np.linspace(0, 1, 6)
            path = np.stack(
                [x * w * (spread - 0.08 * s), y * w * (spread - 0.08 * s), s * (seat - thick)], -1
            )
            parts.append(tube(path, 1.5, "wood", legs))
    return parts
