"""Vases and pots with what grows in them."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.shapes import Part, grid, lathe, rounded, tube


def vase(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    at = np.array([0, 0.2, 0.45, 0.7, 0.86, 1.0])
    wide = np.array([rng.uniform(0.4, 0.8), 0.8, 1, rng.uniform(0.5, 0.95), 0.35, 0.45])
    wide[1:3] *= rng.uniform(0.85, 1.1, 2)
    s = np.linspace(0, 1, 40)
    smooth = np.interp(s, at, wide)
    for _ in range(6):
        smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) / 4
    smooth *= w / 2 / smooth.max()
    out = [(float(r), float(z)) for r, z in zip(smooth, s * h, strict=True)]
    inner = [(max(r - 0.4, 0.1), z) for r, z in reversed(out[20:])]
    return [lathe([(0, 0), *out, *inner], "ceramic", color), *_stems(w, h, rng)]


def _stems(w: float, h: float, rng: np.random.Generator) -> list[Part]:
    """A few dry twigs with leaves in a vase, now and then."""
    if rng.random() < 0.6:
        return []
    parts = []
    green = str(rng.choice(["#7c8a5c", "#5c7a50", "#b09a68", "#a08a70"]))
    for _ in range(int(rng.integers(2, 5))):
        lean = rng.normal(0, 0.25, 2)
        t = np.linspace(0, 1, 12)
        tall = h * rng.uniform(0.35, 0.65)
        path = np.stack(
            [lean[0] * tall * t**1.5, lean[1] * tall * t**1.5, 0.6 * h + (0.4 * h + tall) * t], -1
        )
        parts.append(tube(path, 0.15, "leaf", green))
        parts += [leaf(path[k], rng.uniform(2.5, 4.5), rng, green) for k in range(3, 12)]
    return parts


def leaf(at: np.ndarray, length: float, rng: np.random.Generator, color: str) -> Part:
    """A bent leaf from the point ``at`` in a random direction."""
    t = np.linspace(0, 1, 7)
    half = 0.22 * length * np.sin(np.pi * t**0.8) + 0.01
    u = np.array([-1.0, 0.0, 1.0])
    x = half[:, None] * u
    y = np.broadcast_to((t * length)[:, None], x.shape)
    z = (
        0.15 * length * np.abs(u)[None] * np.sin(np.pi * t)[:, None]
        - 0.3 * length * (t**2)[:, None]
    )
    points = np.stack([x, y, z], axis=-1)
    part = Part(points.reshape(-1, 3), grid(points), "leaf", color)
    part = part.turned(rng.uniform(-20, 60), "x").turned(rng.uniform(0, 360), "z")
    return part.moved(*(float(value) for value in at))


def plant(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    pot = rounded(
        [(0, 0), (0.72 * r, 0), (r, h), (r - 0.7, h), (0.9 * r - 0.7, 0.86 * h), (0, 0.86 * h)], 0.6
    )
    parts = [
        lathe(pot, "ceramic", color),
        lathe([(0, 0.87 * h), (0.93 * r - 0.7, 0.87 * h)], "matte", "#3b2a20"),
    ]
    green = str(rng.choice(["#4f7d4a", "#5c8a58", "#3f6b45", "#7d9a5c"]))
    for _ in range(int(rng.integers(12, 26))):
        at = np.array([rng.normal(0, 0.2 * r), rng.normal(0, 0.2 * r), 0.86 * h])
        blade = leaf(np.zeros(3), rng.uniform(0.7, 1.5) * w, rng, green)
        parts.append(_raised(blade, at, rng))
    return parts


def _raised(blade: Part, at: np.ndarray, rng: np.random.Generator) -> Part:
    """A leaf that rises from the pot rather than hangs."""
    vertices = blade.vertices.copy()
    vertices[:, 2] = np.abs(vertices[:, 2]) + 0.9 * np.hypot(
        vertices[:, 0], vertices[:, 1]
    ) * rng.uniform(0.5, 1.3)
    return Part(vertices, blade.faces, "leaf", blade.color).moved(*(float(v) for v in at))
