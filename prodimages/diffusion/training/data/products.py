"""The products of training scenes: simple solids of real proportions, made by rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodimages.diffusion.training.data.shapes import (
    Part,
    box,
    cloth,
    ellipse,
    folds,
    grid,
    lathe,
    loft,
    rounded,
    tube,
)
from prodimages.engines.studio.vocabulary import COLORS

_NEUTRALS = ("white", "cream", "black", "gray", "brown", "gold", "beige")
Builder = Callable[[float, float, str, np.random.Generator], list[Part]]


def build(kind: str, width: float, height: float, color: str, seed: int) -> list[Part]:
    """The parts of a product of ``width`` and ``height`` cm whose main color is so named.

    It stands on z = 0 over the origin, seen from -y; what lies has its length along y.
    """
    rng = np.random.default_rng([seed, 17])
    return _BUILDERS[kind](width, height, COLORS[color], rng)


def _second(rng: np.random.Generator) -> str:
    return COLORS[str(rng.choice(_NEUTRALS))]


def _solid(rng: np.random.Generator) -> str:
    return str(rng.choice(["plastic", "ceramic", "ceramic", "matte", "wood"]))


def _bottle(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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
    parts = [lathe(body, kind, color), lathe(cap, "plastic", _second(rng))]
    return [*parts, *_label(r, 0.15 * h, 0.8 * shoulder, rng)]


def _label(r: float, low: float, high: float, rng: np.random.Generator) -> list[Part]:
    """A paper label round a bottle, now and then."""
    if rng.random() < 0.45:
        return []
    band = [(r + 0.03, low), (r + 0.06, low), (r + 0.06, high), (r + 0.03, high)]
    return [lathe(band, "matte", _second(rng))]


def _wine(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    body = rounded(
        [(0, 0), (r, 0), (r, 0.6 * h), (0.36 * r, 0.76 * h), (0.36 * r, 0.97 * h), (0, 0.97 * h)],
        0.8 * r,
    )
    cap = [(0, 0.82 * h), (0.4 * r, 0.82 * h), (0.4 * r, h), (0, h)]
    parts = [lathe(body, "gloss", color), lathe(rounded(cap, 0.15), "plastic", _second(rng))]
    return [*parts, *_label(r, 0.14 * h, 0.45 * h, rng)]


def _jar(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, lid = w / 2, 0.24 * h
    body = rounded([(0, 0), (r, 0), (r, h - lid), (0, h - lid)], 0.18 * r)
    top = rounded([(0, h - lid), (r * 1.02, h - lid), (r * 1.02, h), (0, h)], 0.1 * r)
    kind = str(rng.choice(["ceramic", "plastic", "glass"]))
    return [
        lathe(body, kind, color),
        lathe(top, str(rng.choice(["metal", "plastic", "wood"])), _second(rng)),
        *_label(r, 0.12 * h, 0.6 * h, rng),
    ]


def _perfume(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    body = h * rng.uniform(0.6, 0.72)
    deep = w * rng.uniform(0.45, 1.0)
    cap = 0.42 * w
    return [
        box(w, deep, body, "tinted glass", color, bevel=0.12 * w),
        lathe([(0, body), (0.2 * w, body), (0.2 * w, body + 1), (0, body + 1)], "metal", "#c9a45c"),
        box(cap, min(cap, deep), h - body - 0.6, "gloss", _second(rng), bevel=0.06 * w).moved(
            z=body + 0.6
        ),
    ]


def _tube_of_cream(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    cap = 0.16 * h
    sections = [
        ellipse(w * (1 + 0.12 * t), w * 0.85 * (1 - t) + 0.15, cap + t * (h - cap))
        for t in np.linspace(0, 1, 10)
    ]
    lid = rounded([(0, 0), (0.46 * w, 0), (0.46 * w, cap), (0, cap)], 0.3)
    return [loft(sections, "plastic", color), lathe(lid, "plastic", _second(rng))]


def _candle(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _mug(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, t = w / 2, 0.35
    base = r * rng.uniform(0.75, 1.0)
    body = rounded([(0, 0), (base, 0), (r, h), (r - t, h), (base - t, 0.8), (0, 0.8)], 0.35)
    a = np.linspace(-np.pi / 2, np.pi / 2, 18)
    handle = np.stack(
        [r - 0.25 + 0.3 * h * np.cos(a), 0 * a, 0.52 * h + 0.32 * h * np.sin(a)], axis=-1
    )
    return [lathe(body, "ceramic", color), tube(handle, 0.07 * w, "ceramic", color)]


def _bowl(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r, t = w / 2, 0.4
    power = rng.uniform(1.6, 3.0)
    out = [(r * (0.4 + 0.6 * (1 - (1 - s) ** power)), h * s) for s in np.linspace(0, 1, 14)]
    inner = [(max(x - t, 0.1), max(z, t)) for x, z in reversed(out)]
    return [lathe([(0, 0), *out, *inner, (0, t)], str(rng.choice(["ceramic", "wood"])), color)]


def _vase(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _teapot(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _carton(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    d = w * rng.uniform(0.3, 0.9)
    parts = [box(w, d, h, str(rng.choice(["matte", "plastic"])), color, bevel=0.1)]
    if rng.random() < 0.6:
        tall = h * rng.uniform(0.12, 0.4)
        label = box(w * rng.uniform(0.5, 1.003), 0.06, tall, "matte", _second(rng), bevel=0)
        parts.append(label.moved(y=-d / 2 - 0.005, z=h * rng.uniform(0.2, 0.5)))
    return parts


def _gift(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _books(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _handbag(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _tote(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _shoe(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _footwear(w, h, color, rng, shaft=0.0)


def _boot(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _folded(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _hat(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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
        lathe(band, "cloth", _second(rng)).scaled(y=0.9),
    ]


def _lamp(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _speaker(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    d = w * rng.uniform(0.5, 0.9)
    parts = [box(w, d, h, str(rng.choice(["wood", "plastic", "matte"])), color, bevel=0.08 * w)]
    r = 0.36 * min(w, h)
    cone = [(0, 0.3), (0.35 * r, 0.5), (r, 0.0), (r * 1.08, 0.25), (r * 1.08, -0.2)]
    disc = lathe(cone, "matte", "#2c2d30").turned(90, "x").moved(y=-d / 2 + 0.1)
    parts.append(disc.moved(z=h * (0.36 if h > 1.2 * w else 0.5)))
    if h > 1.2 * w:
        parts.append(disc.scaled(0.5, 1, 0.5).moved(z=0.78 * h))
    return parts


def _stool(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _seat(w, h, h, color, rng)


def _chair(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _plant(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _sphere(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    a = np.linspace(0.02, np.pi, 32)
    profile = [(r * float(np.sin(x)), r * float(1 - np.cos(x))) for x in a]
    return [lathe([(0, 0), *profile], _solid(rng), color)]


def _cone(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    top = w / 2 * float(rng.choice([0.0, 0.3, 1.0]))
    return [lathe(rounded([(0, 0), (w / 2, 0), (top, h), (0, h)], 0.3), _solid(rng), color)]


def _block(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    parts = [box(w, w * rng.uniform(0.6, 1.0), h, _solid(rng), color, bevel=rng.uniform(0.05, 1.5))]
    if rng.random() < 0.4:
        small = box(0.55 * w, 0.5 * w, 0.4 * h, _solid(rng), _second(rng), bevel=0.3)
        parts.append(small.turned(rng.uniform(-40, 40)).moved(z=h))
    return parts


def _ring(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    bar = w * rng.uniform(0.09, 0.16)
    a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    r = w / 2 - bar
    path = np.stack([r * np.cos(a), 0 * a, w / 2 + r * np.sin(a)], -1)
    return [tube(path, bar, _solid(rng), color, closed=True)]


def _toy(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    """A plush animal sitting: spheres for body, head, ears and limbs."""

    def ball(r: float, x: float, y: float, z: float, shade: str = color) -> Part:
        a = np.linspace(0.01, np.pi, 24)
        profile = [(r * float(np.sin(v)), -r * float(np.cos(v))) for v in a]
        return lathe(profile, "cloth", shade, segments=36).moved(x, y, z)

    r, light = 0.3 * h, _second(rng)
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


def _can(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    body = [(0, 0.3), (0.7 * r, 0.0), (0.82 * r, 0.0), (r, 0.8), (r, h - 1.2), (0.82 * r, h - 0.2)]
    lid = [(0.84 * r, h - 0.25), (0.84 * r, h), (0.8 * r, h), (0.78 * r, h - 0.5), (0, h - 0.5)]
    return [lathe(rounded(body, 0.3), "metal paint", color), lathe(lid, "metal", "#d8d8d8")]


def _shirt(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return _top(w, h, color, rng, sleeve=0.33, thick=0.7)


def _sweater(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _dress(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _trousers(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
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


def _scarf(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    def left(v: np.ndarray) -> np.ndarray:
        return -w / 2 + 1.2 * np.sin(5 * v + 1)

    strip = cloth(left, lambda v: left(v) + w * 0.96, h, 1.2, color, rng, wrinkles=1.2)
    return [strip]


def _towel(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    sheet = cloth(
        lambda v: -w / 2 + 0 * v, lambda v: w / 2 + 0 * v, h, 1.6, color, rng, wrinkles=0.7
    )
    return [sheet]


def _plate(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    r = w / 2
    profile = [(0, 0), (0.6 * r, 0), (r, h), (r - 0.2, h + 0.15), (0.62 * r, 0.7), (0, 0.6)]
    return [lathe(rounded(profile, 0.8), "ceramic", color)]


def _tray(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    kind = str(rng.choice(["wood", "metal", "plastic"]))
    floor = box(w, h, 0.8, kind, color, bevel=0.2)
    rims = [box(w, 1, 2.6, kind, color, bevel=0.25).moved(y=s * (h / 2 - 0.5)) for s in (-1, 1)] + [
        box(1, h, 2.6, kind, color, bevel=0.25).moved(x=s * (w / 2 - 0.5)) for s in (-1, 1)
    ]
    return [part.moved(y=h / 2) for part in (floor, *rims)]


def _phone(w: float, h: float, color: str, rng: np.random.Generator) -> list[Part]:
    return [
        box(w, h, 0.8, "metal paint", color, bevel=0.35).moved(y=h / 2),
        box(w - 0.5, h - 0.5, 0.1, "gloss", "#101114", bevel=0.04).moved(y=h / 2, z=0.74),
    ]


_BUILDERS: dict[str, Builder] = {
    "bottle": _bottle, "wine bottle": _wine, "jar": _jar, "perfume": _perfume,
    "tube": _tube_of_cream, "candle": _candle, "mug": _mug, "bowl": _bowl, "vase": _vase,
    "teapot": _teapot, "carton": _carton, "gift box": _gift, "books": _books,
    "handbag": _handbag, "tote bag": _tote, "shoe": _shoe, "boot": _boot,
    "folded cloth": _folded, "hat": _hat, "lamp": _lamp, "speaker": _speaker, "stool": _stool,
    "chair": _chair, "plant pot": _plant, "sphere": _sphere, "cone": _cone, "block": _block,
    "ring": _ring, "toy": _toy, "can": _can, "t-shirt": _shirt, "sweater": _sweater,
    "dress": _dress, "trousers": _trousers, "scarf": _scarf, "towel": _towel,
    "plate": _plate, "tray": _tray, "phone": _phone,
}  # fmt: skip
