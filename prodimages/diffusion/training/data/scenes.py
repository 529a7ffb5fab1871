"""What a training scene shows, drawn by lot from a seed: plain data, no renderer.

Materials, colors, light and moods bear the studio's own words, so that one prompt drives both.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import random
from typing import Any

from prodimages.engines.studio.vocabulary import COLORS, DYEABLE, NATURAL

KINDS = {
    "tabletop": 0.30,
    "seamless": 0.12,
    "gradient": 0.03,
    "podium": 0.10,
    "shelf": 0.05,
    "floor": 0.15,
    "wall": 0.06,
    "outdoor": 0.19,
}
"""Kinds of scenes and their shares."""
WITHOUT_PRODUCT = 0.15
HELD_SHARE = 0.08
"""Share of combinations of surface, its color and the wall's color that no training sees."""

TABLES = ("oak", "walnut", "painted", "marble", "concrete", "linen", "terrazzo", "slate", "paper")
WALLS = ("plaster", "plaster", "concrete", "tile", "brick", "panel")
FLOORS = (*TABLES, "paving", "sand", "snow")
DISTANT = {
    "bokeh": ("walnut", "oak", "marble", "slate"),
    "festive": ("walnut", "oak", "linen", "painted"),
    "garden": ("oak", "paving", "painted", "linen", "marble", "concrete"),
    "blossom": ("painted", "oak", "linen", "marble"),
    "autumn": ("walnut", "oak", "paving"),
    "winter": ("snow", "painted", "oak"),
    "sea": ("sand", "painted", "oak", "concrete"),
}
"""What is far away, and the surfaces that are seen before it."""
OWN_COLORS = frozenset({"brick"}) | DISTANT.keys()
"""Walls that no one asks another color of."""
CALM = (
    *("white", "off-white", "ivory", "cream", "beige", "sand", "taupe", "sage", "blush", "peach"),
    *("light gray", "gray", "light blue", "mint", "lavender", "terracotta"),
)
"""What studios paint most walls with."""
STANDING = {
    "bottle": (5.5, 9.5, 20, 32), "wine bottle": (7.2, 8.4, 28, 33), "jar": (6, 10, 7, 14),
    "perfume": (4.5, 8, 8, 14), "tube": (4, 6, 12, 18), "candle": (6, 10, 7, 13),
    "mug": (8, 9.5, 8, 11), "bowl": (12, 24, 6, 10), "vase": (10, 18, 18, 34),
    "teapot": (13, 17, 12, 17), "carton": (9, 22, 12, 28), "gift box": (14, 26, 9, 18),
    "books": (14, 19, 5, 12), "handbag": (24, 34, 18, 26), "tote bag": (32, 38, 34, 42),
    "shoe": (10, 11.5, 10, 13), "boot": (10.5, 12, 16, 24), "folded cloth": (24, 32, 5, 14),
    "hat": (26, 33, 11, 15), "lamp": (22, 34, 32, 50), "speaker": (12, 24, 14, 26),
    "stool": (30, 40, 40, 65), "chair": (42, 50, 78, 92), "plant pot": (12, 20, 11, 19),
    "sphere": (10, 20, 10, 20), "cone": (10, 16, 14, 24), "block": (9, 18, 9, 18),
    "ring": (14, 22, 14, 22), "toy": (12, 20, 16, 24), "can": (6.2, 6.8, 11, 16),
}  # fmt: skip
"""Products that stand: least and greatest width and height in cm."""
LYING = {
    "t-shirt": (55, 66, 62, 74), "dress": (46, 60, 88, 110), "trousers": (38, 46, 95, 108),
    "sweater": (58, 68, 60, 70), "scarf": (22, 30, 60, 80), "plate": (20, 28, 2, 3),
    "tray": (30, 44, 20, 30), "phone": (7, 7.8, 14.5, 16.2), "towel": (28, 40, 40, 60),
}  # fmt: skip
"""Products that lie or hang flat: width and length in cm."""
HANGING = ("t-shirt", "dress", "trousers", "sweater", "scarf", "tote bag", "towel")
FURNITURE = frozenset({"stool", "chair", "lamp"})
SEEN_FROM_ABOVE = (
    *("t-shirt", "t-shirt", "dress", "trousers", "sweater", "scarf", "plate", "tray", "phone"),
    *("towel", "bowl", "shoe", "books", "mug", "folded cloth", "jar", "candle", "perfume", "tube"),
    *("bottle", "hat", "gift box", "carton", "ring"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """One scene, settled. Lengths in cm, angles in degrees, colors by the studio's names."""

    seed: int
    scene: str
    surface: str
    surface_color: str | None
    wall: str | None
    wall_color: str | None
    accent: str | None
    """The podium's color."""
    pattern: str
    """What the light passes through: ``none``, ``window`` or ``leaves``."""
    scatter: str
    """What lies about: ``none``, ``petals`` or ``leaves``."""
    light_side: str
    light: str
    """``soft``, ``hard``, ``sun``, ``window`` or ``leaf shadow``."""
    key_share: float
    """The lamp's share of the light on the surface, 0..1."""
    elevation: float
    turn: float
    """How far the product is turned about the vertical."""
    blur: str
    blur_px: float
    """Diameter of the backdrop's circle of confusion in pixels of a picture of 256."""
    gap: float
    """From the product's middle to the wall, in widths of the frame at the product."""
    product: str | None
    product_color: str | None
    stand_in: str
    """The product, or what the camera is set up for where there is none."""
    width_cm: float
    height_cm: float
    fill: float
    ground: float
    shift: float
    """How far right of the middle the product is, as a fraction of the frame."""
    centered: bool
    """Whether it is in the middle of the height rather than on the ground line."""

    @property
    def lies(self) -> bool:
        return self.stand_in in LYING or (self.scene == "floor" and self.elevation >= 62)

    @property
    def split(self) -> str:
        return split_of(self.surface, self.surface_color, self.wall_color)


def split_of(surface: str, surface_color: str | None, wall_color: str | None) -> str:
    """``held`` for the combinations that training never sees, by a hash that never changes."""
    key = f"{surface}|{surface_color or ''}|{wall_color or ''}"
    digest = hashlib.sha256(key.encode()).digest()
    return "held" if int.from_bytes(digest[:4], "big") < HELD_SHARE * 2**32 else "train"


def draw(seed: int) -> Scene:
    """The scene of ``seed``: always the same."""
    rng = random.Random(f"nano-scene-{seed}")
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    surface, wall = _places(kind, rng)
    elevation = _elevation(kind, rng)
    pattern = _pattern(kind, surface, rng)
    product = _product(kind, elevation, rng)
    width, height = _size(product, rng)
    sparse = rng.random() < WITHOUT_PRODUCT
    side, light = _light(kind, wall, pattern, rng)
    blur, blur_px, gap = _depth(kind, elevation, wall, rng)
    return Scene(
        seed=seed,
        scene=kind,
        surface=surface,
        surface_color=_surface_color(kind, surface, rng),
        wall=wall,
        wall_color=_wall_color(kind, wall, rng),
        accent=_any_color(rng) if kind == "podium" else None,
        pattern=pattern,
        scatter=_scatter(kind, wall, surface, rng),
        light_side=side,
        light=light,
        key_share=_key_share(light, wall, rng),
        elevation=elevation,
        turn=_turn(product, kind, rng),
        blur=blur,
        blur_px=blur_px,
        gap=gap,
        product=None if sparse else product,
        product_color=None if sparse else rng.choice(list(COLORS)),
        stand_in=product,
        width_cm=width,
        height_cm=height,
        **_placement(kind, rng),
    )


def _places(kind: str, rng: random.Random) -> tuple[str, str | None]:
    if kind in ("seamless", "gradient", "podium"):
        return "paper", None
    if kind == "floor":
        return rng.choice(FLOORS), None
    if kind == "wall":
        return "paper", rng.choice(WALLS)
    if kind == "outdoor":
        distant = rng.choice(list(DISTANT))
        return rng.choice(DISTANT[distant]), distant
    if kind == "shelf":
        return rng.choice(("oak", "walnut", "painted", "marble", "concrete")), rng.choice(WALLS)
    return rng.choice(TABLES), rng.choice(WALLS)


def _elevation(kind: str, rng: random.Random) -> float:
    if kind == "wall":
        return 0.0
    if kind == "floor":
        return rng.choice((rng.uniform(36, 62), rng.uniform(62, 88), 90.0, 90.0))
    if kind == "shelf":
        return rng.uniform(0, 14)
    if kind == "outdoor":
        return rng.triangular(2, 22, 8)
    return rng.triangular(3, 35, 10)


def _pattern(kind: str, surface: str, rng: random.Random) -> str:
    if kind == "outdoor" or surface in ("sand", "snow"):
        return "none"
    return rng.choices(("none", "window", "leaves"), (0.72, 0.15, 0.13))[0]


def _product(kind: str, elevation: float, rng: random.Random) -> str:
    if kind == "wall":
        return rng.choice(HANGING)
    if kind == "floor":
        if elevation >= 62:
            return rng.choice(SEEN_FROM_ABOVE)
        return rng.choice([name for name in STANDING if name not in FURNITURE])
    names = [name for name in STANDING if name not in FURNITURE or kind in ("seamless", "gradient")]
    return rng.choice(names)


def _size(product: str, rng: random.Random) -> tuple[float, float]:
    low, high, short, tall = (STANDING | LYING)[product]
    at = rng.random()
    return low + at * (high - low), short + (0.7 * at + 0.3 * rng.random()) * (tall - short)


def _light(kind: str, wall: str | None, pattern: str, rng: random.Random) -> tuple[str, str]:
    sides = ("left", "right", "front", "back", "above")
    if pattern != "none":
        return rng.choice(("left", "right")), {"window": "window", "leaves": "leaf shadow"}[pattern]
    if kind == "outdoor" and wall not in ("bokeh", "festive"):
        light = rng.choice(("sun", "sun", "soft"))
        return rng.choice(("left", "right", "left", "right", "back", "front")), light
    shares = (0.3, 0.3, 0.14, 0.0 if kind == "wall" else 0.12, 0.14)
    return rng.choices(sides, shares)[0], rng.choices(("soft", "hard"), (0.68, 0.32))[0]


def _key_share(light: str, wall: str | None, rng: random.Random) -> float:
    low, high = {"soft": (0.45, 0.68), "window": (0.66, 0.8), "leaf shadow": (0.66, 0.8)}.get(
        light, (0.6, 0.78)
    )
    return rng.uniform(low, high)


def _depth(
    kind: str, elevation: float, wall: str | None, rng: random.Random
) -> tuple[str, float, float]:
    """How blurred the backdrop is, in words and pixels, and how far behind it is."""
    if kind in ("floor", "wall"):
        return "none", 0.0, 1.0
    if kind == "outdoor":
        return "strong", rng.uniform(7, 15), rng.uniform(4, 7)
    if kind == "shelf":
        blur = rng.choice(("none", "soft"))
        return blur, rng.uniform(0.3, 0.8) if blur == "none" else rng.uniform(1.2, 2.5), 0.5
    blur = rng.choices(("none", "soft", "strong"), (0.2, 0.42, 0.38))[0]
    low, high = {"none": (0.3, 0.9), "soft": (2.0, 5.0), "strong": (6.0, 13.0)}[blur]
    gap = rng.uniform(0.75, 1.3) if blur == "none" else rng.uniform(1.0, 2.6)
    if elevation > 16:
        gap = min(gap, 1.5)
    return blur, rng.uniform(low, high), gap


def _any_color(rng: random.Random) -> str:
    """Calm colors more often than the loud ones; every name now and then."""
    return rng.choice(CALM) if rng.random() < 0.45 else rng.choice(list(COLORS))


def _surface_color(kind: str, surface: str, rng: random.Random) -> str | None:
    """The dye or, of what keeps its own color, none."""
    if surface == "marble" and rng.random() < 0.55:
        return rng.choice(("white", "white", "light gray", "cream", "black"))
    if surface == "concrete" and rng.random() < 0.6:
        return rng.choice(("gray", "light gray", "taupe"))
    if surface in ("linen", "painted", "terrazzo") and rng.random() < 0.3:
        return rng.choice(("white", "off-white", "cream", "beige"))
    if surface in DYEABLE:
        return _any_color(rng)
    return rng.choice(sorted(NATURAL[surface])) if surface in ("slate", "paving", "sand") else None


def _wall_color(kind: str, wall: str | None, rng: random.Random) -> str | None:
    if wall is None or wall in OWN_COLORS:
        return None
    if wall == "tile" and rng.random() < 0.45:
        return rng.choice(("white", "off-white", "light gray"))
    if wall == "concrete" and rng.random() < 0.6:
        return rng.choice(("gray", "light gray", "dark gray", "taupe"))
    return _any_color(rng)


def _scatter(kind: str, wall: str | None, surface: str, rng: random.Random) -> str:
    if wall == "blossom":
        return rng.choice(("petals", "petals", "none"))
    if wall == "autumn":
        return rng.choice(("leaves", "leaves", "none"))
    if kind in ("tabletop", "floor") and rng.random() < 0.06:
        return rng.choice(("petals", "leaves"))
    return "none"


def _turn(product: str, kind: str, rng: random.Random) -> float:
    if product in LYING or kind == "wall":
        return rng.uniform(-4, 4)
    if product in ("shoe", "boot"):
        return rng.choice((-1, 1)) * rng.uniform(45, 100)
    return rng.choice((0.0, rng.uniform(-38, 38)))


def _placement(kind: str, rng: random.Random) -> dict[str, Any]:
    """Where the product is in the frame, as the place step would put it, with some play."""
    centered = kind in ("floor", "wall")
    fill = {"podium": (0.42, 0.56), "floor": (0.55, 0.88), "wall": (0.6, 0.88)}.get(
        kind, (0.48, 0.75)
    )
    ground = rng.gauss(0.76 if kind == "podium" else 0.82, 0.02)
    share = rng.uniform(*fill)
    room = (1 - share) / 2 - 0.015
    shift = rng.gauss(0, 0.06) if rng.random() < 0.3 else 0.0
    return {
        "fill": share,
        "ground": min(max(ground, 0.7), 0.92),
        "shift": min(max(shift, -room), room),
        "centered": centered,
    }


def direction_to_lamp(scene: Scene) -> tuple[float, float, float]:
    """Unit vector in the scene's axes: right, away from the camera, up (Blender's x, y, z)."""
    rng = random.Random(f"nano-lamp-{scene.seed}")
    if scene.elevation >= 50 or scene.scene == "wall":
        x, up, off = {
            "left": (-0.80, 0.42, 1.0),
            "right": (0.80, 0.42, 1.0),
            "front": (-0.1, -0.5 if scene.scene != "wall" else 0.35, 1.0),
            "back": (-0.10, 0.95, 1.0),
            "above": (-0.08, 0.70 if scene.scene == "wall" else 0.12, 1.0),
        }[scene.light_side]
        vector = (x, -off, up) if scene.scene == "wall" else (x, up, off)
    else:
        vector = {
            "left": (-0.80, -0.26, 0.95),
            "right": (0.80, -0.26, 0.95),
            "front": (-0.16, -0.62, 1.0),
            "back": (-0.22, 0.62, 0.85),
            "above": (-0.10, 0.02, 1.0),
        }[scene.light_side]
        if scene.pattern != "none":
            vector = (vector[0], -0.5, 0.75)
    play = 0.16
    x, y, z = (value + rng.uniform(-play, play) for value in vector)
    if scene.scene != "wall":
        z = max(z, 0.45)
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length
