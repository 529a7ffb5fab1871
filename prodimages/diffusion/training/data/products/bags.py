"""Handbags and totes."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.shapes import Part, box, ellipse, folds, loft, tube


def handbag(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    body, d = 0.66 * h, w * rng.uniform(0.28, 0.42)
    taper = rng.uniform(0.72, 1.0)
    sections = [
        ellipse(w * (1 - (1 - taper) * t), d * (1 - 0.65 * t**1.4), body * t, power=4.5)
        for t in (0, 0.04, 0.2, 0.45, 0.7, 0.93, 1.0)
    ]
    sections[0] = ellipse(w * 0.94, d * 0.9, 0, power=4.5)
    a = np.linspace(0, np.pi, 20)
    reach = 0.24 * w * taper
    strap = np.stack(
        [reach * np.cos(a), 0 * a, body * 0.9 + (h - body * 0.9) * np.sin(a) ** 0.8], -1
    )
    parts = [
        loft(sections, "leather", color),
        tube(strap + np.array([0, -0.1 * d, 0]), 0.022 * w, "leather", color),
        tube(strap + np.array([0, 0.1 * d, 0]), 0.022 * w, "leather", color),
    ]
    clasp = box(0.1 * w, 0.5, 0.07 * h, "metal", "#c9a45c", bevel=0.1)
    return [*parts, clasp.moved(y=-0.32 * d, z=0.72 * body)] if rng.random() < 0.6 else parts


def tote(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    body = 0.66 * h
    sections = []
    for t in np.linspace(0, 1, 9):
        ring = ellipse(w * (0.86 + 0.14 * t), 5 - 3.6 * t, body * t, power=4, count=40)
        ring[:, 1] += 0.5 * folds(ring[:, 0], ring[:, 2], rng, span=w) * min(1.0, 3 * t * (1 - t))
        sections.append(ring)
    a = np.linspace(0, np.pi, 20)
    strap = np.stack(
        [0.2 * w * np.cos(a), 0 * a, 0.95 * body + (h - 0.95 * body) * np.sin(a) ** 0.7], -1
    )
    straps = [
        tube(strap + np.array([0, y, 0]), 0.8, "cloth", color).scaled(y=1) for y in (-0.9, 0.9)
    ]
    return [loft(sections, "cloth", color), *straps]
