"""Which product a scene shows, how large it is and how it is turned."""

from __future__ import annotations

import random

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


def product_of(kind: str, elevation: float, rng: random.Random) -> str:
    if kind == "wall":
        return rng.choice(HANGING)
    if kind == "floor":
        if elevation >= 62:
            return rng.choice(SEEN_FROM_ABOVE)
        return rng.choice([name for name in STANDING if name not in FURNITURE])
    names = [name for name in STANDING if name not in FURNITURE or kind in ("seamless", "gradient")]
    return rng.choice(names)


def size_of(product: str, rng: random.Random) -> tuple[float, float]:
    """Width and height in cm, of what lies its length; large ones are mostly tall, too."""
    low, high, short, tall = (STANDING | LYING)[product]
    at = rng.random()
    return low + at * (high - low), short + (0.7 * at + 0.3 * rng.random()) * (tall - short)


def turn_of(product: str, kind: str, rng: random.Random) -> float:
    """Degrees about the vertical."""
    if product in LYING or kind == "wall":
        return rng.uniform(-4, 4)
    if product in ("shoe", "boot"):
        return rng.choice((-1, 1)) * rng.uniform(45, 100)
    return rng.choice((0.0, rng.uniform(-38, 38)))
