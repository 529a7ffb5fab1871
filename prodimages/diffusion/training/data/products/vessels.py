"""Bottles, jars, cups and what else is turned on a wheel."""

from __future__ import annotations

import numpy as np

from prodimages.diffusion.training.data.products.looks import second
from prodimages.diffusion.training.data.shapes import Part, box, ellipse, lathe, loft, rounded, tube


def bottle(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, neck = w / 2, w / 2 * rng.uniform(0.3, 0.5)
    shoulder = h * rng.uniform(0.55, 0.72)
    body = rounded(
        [
            (0, 0),
            (r, 0),
            (r, shoulder),
            (neck, shoulder + 0.12 * h),
            (neck, 0.88 * h),
            (0, 0.88 * h),
        ],
        0.3 * r,
    )
    kind = str(rng.choice(["plastic", "ceramic", "glass", "metal", "plastic"]))
    cap = rounded([(0, 0.86 * h), (neck * 1.15, 0.86 * h), (neck * 1.15, h), (0, h)], 0.2)
    parts = [lathe(body, kind, color), lathe(cap, "plastic", second(rng))]
    return [*parts, *_label(r, 0.15 * h, 0.8 * shoulder, rng)]


def _label(r: float, low: float, high: float, rng: np.random.Generator) -> list[Part]:
    """A paper label round a bottle, now and then."""
    if rng.random() < 0.45:
        return []
    band = [(r + 0.03, low), (r + 0.06, low), (r + 0.06, high), (r + 0.03, high)]
    return [lathe(band, "matte", second(rng))]


def wine(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    body = rounded(
        [(0, 0), (r, 0), (r, 0.6 * h), (0.36 * r, 0.76 * h), (0.36 * r, 0.97 * h), (0, 0.97 * h)],
        0.8 * r,
    )
    cap = [(0, 0.82 * h), (0.4 * r, 0.82 * h), (0.4 * r, h), (0, h)]
    parts = [lathe(body, "gloss", color), lathe(rounded(cap, 0.15), "plastic", second(rng))]
    return [*parts, *_label(r, 0.14 * h, 0.45 * h, rng)]


def jar(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, lid = w / 2, 0.24 * h
    body = rounded([(0, 0), (r, 0), (r, h - lid), (0, h - lid)], 0.18 * r)
    top = rounded([(0, h - lid), (r * 1.02, h - lid), (r * 1.02, h), (0, h)], 0.1 * r)
    kind = str(rng.choice(["ceramic", "plastic", "glass"]))
    return [
        lathe(body, kind, color),
        lathe(top, str(rng.choice(["metal", "plastic", "wood"])), second(rng)),
        *_label(r, 0.12 * h, 0.6 * h, rng),
    ]


def perfume(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    body = h * rng.uniform(0.6, 0.72)
    deep = w * rng.uniform(0.45, 1.0)
    cap = 0.42 * w
    return [
        box(w, deep, body, "tinted glass", color, bevel=0.12 * w),
        lathe([(0, body), (0.2 * w, body), (0.2 * w, body + 1), (0, body + 1)], "metal", "#c9a45c"),
        box(cap, min(cap, deep), h - body - 0.6, "gloss", second(rng), bevel=0.06 * w).moved(
            z=body + 0.6
        ),
    ]


def tube_of_cream(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    cap = 0.16 * h
    sections = [
        ellipse(w * (1 + 0.12 * t), w * 0.85 * (1 - t) + 0.15, cap + t * (h - cap))
        for t in np.linspace(0, 1, 10)
    ]
    lid = rounded([(0, 0), (0.46 * w, 0), (0.46 * w, cap), (0, cap)], 0.3)
    return [loft(sections, "plastic", color), lathe(lid, "plastic", second(rng))]


def candle(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    outer = rounded([(0, 0), (r, 0), (r, h), (r - 0.3, h), (r - 0.3, 0.82 * h), (0, 0.82 * h)], 0.4)
    wick = np.array([(0, 0, 0.8 * h), (0.05, 0, 0.88 * h), (0.2, 0, 0.92 * h)])
    return [
        lathe(outer, str(rng.choice(["ceramic", "gloss", "matte"])), color),
        lathe(
            [(0, 0.8 * h), (r - 0.32, 0.8 * h), (r - 0.32, 0.83 * h), (0, 0.83 * h)],
            "wax",
            "#f3ecdc",
        ),
        tube(wick, 0.08, "matte", "#3a332c"),
        *_label(r, 0.2 * h, 0.65 * h, rng),
    ]


def mug(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, t = w / 2, 0.35
    base = r * rng.uniform(0.75, 1.0)
    body = rounded([(0, 0), (base, 0), (r, h), (r - t, h), (base - t, 0.8), (0, 0.8)], 0.35)
    a = np.linspace(-np.pi / 2, np.pi / 2, 18)
    handle = np.stack(
        [r - 0.25 + 0.3 * h * np.cos(a), 0 * a, 0.52 * h + 0.32 * h * np.sin(a)], axis=-1
    )
    return [lathe(body, "ceramic", color), tube(handle, 0.07 * w, "ceramic", color)]


def bowl(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, t = w / 2, 0.4
    power = rng.uniform(1.6, 3.0)
    out = [(r * (0.4 + 0.6 * (1 - (1 - s) ** power)), h * s) for s in np.linspace(0, 1, 14)]
    inner = [(max(x - t, 0.1), max(z, t)) for x, z in reversed(out)]
    return [lathe([(0, 0), *out, *inner, (0, t)], str(rng.choice(["ceramic", "wood"])), color)]


def teapot(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = 0.36 * w
    body = [(r * np.sin(a) ** 0.8, 0.42 * h * (1 - np.cos(a))) for a in np.linspace(0.05, 3.0, 24)]
    lid = [
        (0, 0.8 * h),
        (0.16 * w, 0.8 * h),
        (0.1 * w, 0.88 * h),
        (0.03 * w, 0.9 * h),
        (0.045 * w, h),
        (0, h),
    ]
    t = np.linspace(0, 1, 12)
    spout = np.stack([0.3 * w + 0.26 * w * t, 0 * t, 0.3 * h + 0.42 * h * t**1.5], -1)
    a = np.linspace(-1.4, 1.4, 16)
    handle = np.stack([-0.3 * w - 0.2 * w * np.cos(a), 0 * a, 0.45 * h + 0.3 * h * np.sin(a)], -1)
    return [
        lathe([(0, 0), *body], "ceramic", color),
        lathe(rounded(lid, 0.3), "ceramic", color),
        tube(spout, 0.045 * w, "ceramic", color),
        tube(handle, 0.03 * w, "ceramic", color),
    ]


def can(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    body = [(0, 0.3), (0.7 * r, 0.0), (0.82 * r, 0.0), (r, 0.8), (r, h - 1.2), (0.82 * r, h - 0.2)]
    lid = [(0.84 * r, h - 0.25), (0.84 * r, h), (0.8 * r, h), (0.78 * r, h - 0.5), (0, h - 0.5)]
    return [lathe(rounded(body, 0.3), "metal paint", color), lathe(lid, "metal", "#d8d8d8")]


def plate(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    profile = [(0, 0), (0.6 * r, 0), (r, h), (r - 0.2, h + 0.15), (0.62 * r, 0.7), (0, 0.6)]
    return [lathe(rounded(profile, 0.8), "ceramic", color)]
