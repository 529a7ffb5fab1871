"""Drawn people and tops for tests of try-ons: dark on a light ground, quick to make."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.factories import make_product

GROUND = (236, 234, 230)
SKIN = (150, 104, 84)
HAIR = (40, 28, 22)
OLD_TOP = (70, 92, 120)
TROUSERS = (38, 40, 52)


def person(
    size: tuple[int, int] = (360, 480),
    *,
    arms: str = "away",
    top=OLD_TOP,
    skin=SKIN,
    hair=HAIR,
    is_behind: bool = False,
) -> Image.Image:
    """Somebody from the front, or from behind, from the head to the thighs.

    ``arms``: away (off the body), down, crossed, or on the hips.
    """
    scale = size[1] / 480
    image = Image.new("RGB", (360, 480), GROUND)
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [(128, 300), (232, 300), (236, 480), (186, 480), (180, 360), (174, 480), (124, 480)],
        TROUSERS,
    )
    draw.polygon(
        [
            (160, 120),
            (200, 120),
            (244, 140),
            (226, 190),
            (224, 316),
            (136, 316),
            (134, 190),
            (116, 140),
        ],
        top,
    )
    ends = {"away": (70, 300), "down": (112, 312), "crossed": (214, 226), "hips": (136, 300)}[arms]
    elbow = {"away": (92, 224), "down": (110, 230), "crossed": (104, 238), "hips": (68, 232)}[arms]
    for sign in (-1, 1):

        def at(point, sign=sign):
            return (180 + (point[0] - 180) * (-sign), point[1])

        draw.line([at((126, 150)), at(elbow), at(ends)], skin, 24, joint="curve")
        draw.line([at((126, 148)), at((106, 196))], top, 34)
        x, y = at(ends)
        draw.ellipse((x - 13, y - 13, x + 13, y + 13), skin)
    draw.rectangle((164, 96, 196, 132), skin)
    draw.ellipse((162, 112, 198, 138), skin)
    draw.ellipse((148, 36, 212, 116), skin)
    if is_behind:
        draw.ellipse((146, 30, 214, 114), hair)
    else:
        draw.pieslice((146, 30, 214, 110), 180, 360, hair)
    noise = np.random.default_rng(1).normal(0, 1.5, (480, 360, 1))
    pixels = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize(size) if scale != 1 else Image.fromarray(pixels)


def person_bytes(format: str = "JPEG", **values: Any) -> bytes:
    return encoded(person(**values), format)


def top(color: tuple[int, int, int] = (150, 36, 44), side: int = 400) -> Image.Image:
    """A T-shirt laid flat."""
    image = Image.new("RGB", (400, 400), GROUND)
    draw = ImageDraw.Draw(image)
    outline = [
        (160, 50), (240, 50), (296, 72), (372, 160), (328, 196), (290, 158), (288, 364),
        (112, 364), (110, 158), (72, 196), (28, 160), (104, 72),
    ]  # fmt: skip
    draw.polygon(outline, color)
    draw.ellipse((162, 20, 238, 86), tuple(value // 2 for value in color))
    draw.rectangle((160, 0, 240, 49), GROUND)
    return image.resize((side, side))


def encoded(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=format, **options)
    return out.getvalue()


def make_top(**values: Any):
    """A product that can be tried on."""
    defaults = {
        "name": "Red tee",
        "category": "clothing/t-shirts",
        "photo": encoded(top(), "PNG"),
    }
    return make_product(**(defaults | values))
