"""Shoes and boots."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.shapes import Part, ellipse, loft, tube


def shoe(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _footwear(w, h, color, rng, shaft=0.0)


def boot(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _footwear(w, h, color, rng, shaft=0.55)


def _footwear(w: float, h: float, color: str, rng: np.random.Generator, shaft: float) -> list[Part]:
    """A shoe along y, its toe at -y: cross sections from heel to toe over a sole."""
    length = w * rng.uniform(2.6, 2.9)
    sole = rng.uniform(1.6, 3.2)
    t = np.linspace(0, 1, 15)
    width = w * np.interp(
        t, [0, 0.06, 0.25, 0.45, 0.7, 0.88, 0.97, 1], [0.3, 0.62, 0.72, 0.74, 1.0, 0.9, 0.55, 0.18]
    )
    ankle = h if not shaft else 0.62 * h
    top = sole + (ankle - sole) * np.interp(
        t, [0, 0.1, 0.34, 0.5, 0.72, 0.9, 1], [0.82, 1, 0.86, 0.62, 0.4, 0.3, 0.12]
    )
    sections = []
    for share, wide, tall in zip(t, width, top, strict=True):
        a = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        lift = 1.2 * max(share - 0.75, 0) ** 1.2 * 6
        x = wide / 2 * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.8
        z = sole - 0.3 + lift + (tall - sole) * np.clip(0.5 + 0.5 * np.sin(a), 0, 1) ** 0.9
        sections.append(np.stack([x, np.full(20, length * (0.5 - share)), z], -1))
    bottom = []
    for level in (0.0, 0.2, sole - 0.2, sole + 0.1):
        outline_y = np.concatenate([length * (0.505 - 1.01 * t), length * (0.505 - 1.01 * t[::-1])])
        outline_x = np.concatenate([width / 2 + 0.25, -width[::-1] / 2 - 0.25])
        lift = 1.2 * np.maximum(np.concatenate([t, t[::-1]]) - 0.75, 0) ** 1.2 * 6
        bottom.append(np.stack([outline_x, outline_y, level + lift], -1))
    white = str(rng.choice(["#f4f1ea", "#ffffff", "#37383b", "#7b5538", color]))
    parts = [
        loft(sections, str(rng.choice(["leather", "cloth"])), color, subdivide=2),
        loft(bottom, "plastic", white, subdivide=0),
    ]
    if shaft:
        rings = [
            ellipse(0.72 * w, length * (0.46 - 0.06 * s), ankle * 0.7 + s * (h - 0.7 * ankle))
            + np.array([0, 0.24 * length, 0])
            for s in np.linspace(0, 1, 5)
        ]
        parts.append(loft(rings, parts[0].material, color))
    else:
        dark = ellipse(0.5 * w, 0.3 * length, 0) + np.array([0, 0.3 * length, 0.88 * ankle])
        opening = loft(
            [dark, dark + np.array([0, 0, 0.02 * ankle])],
            "matte",
            "#2a2826",
        )
        parts.append(opening.turned(0))
    for k in range(4):
        y, z = -0.02 * length - 0.07 * length * k, np.interp(0.52 + 0.07 * k, t, top)
        lace = np.stack(
            [
                np.linspace(-0.2, 0.2, 8) * w,
                np.full(8, y),
                z + 0.25 - 6 * np.linspace(-0.2, 0.2, 8) ** 2,
            ],
            -1,
        )
        parts.append(tube(lace, 0.28, "cloth", white))
    return parts
