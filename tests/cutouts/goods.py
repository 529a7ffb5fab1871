"""Goods with and without what a photo may show beside them, drawn at known places."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

SIDE = 480
_FINE = 2
Draw = Callable[[ImageDraw.ImageDraw, str], None]

BLUE, NAVY, STEEL, SKIN, CARD = "#4a6fb5", "#27345e", "#2b2b2e", "#d8a384", "#f4f1ea"
RED, TAN, WOOD, BLACK = "#b8382f", "#a8713f", "#b58a5a", "#1d1d1f"


def photo(*layers: tuple[Draw, str], behind: str = "#dcd9d2") -> tuple[np.ndarray, np.ndarray]:
    """(SIDE, SIDE, 3) uint8 and the (SIDE, SIDE) float32 alpha of all that is drawn."""
    size = (_FINE * SIDE, _FINE * SIDE)
    colors, mask = Image.new("RGB", size, behind), Image.new("L", size, 0)
    for draw, color in layers:
        draw(ImageDraw.Draw(colors), color)
        draw(ImageDraw.Draw(mask), "white")
    rgb = np.asarray(colors.resize((SIDE, SIDE), Image.Resampling.BOX)).astype(np.float32)
    alpha = np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BOX)).astype(np.float32) / 255
    grain = np.random.default_rng(3).normal(0, 2.5, (SIDE, SIDE, 3))
    shade = ndimage.gaussian_filter(np.random.default_rng(5).normal(0, 60, (SIDE, SIDE)), 12)
    noisy = rgb + grain + shade[..., None]
    return np.rint(noisy.clip(0, 255)).astype(np.uint8), alpha


def area(draw: Draw) -> np.ndarray:
    """(SIDE, SIDE) bool: where a layer alone would be."""
    mask = Image.new("L", (_FINE * SIDE, _FINE * SIDE), 0)
    draw(ImageDraw.Draw(mask), "white")
    return np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BOX)) > 127


def polygon(*points: tuple[float, float]) -> Draw:
    """A polygon, in hundredths of the photo's side."""

    def draw(canvas: ImageDraw.ImageDraw, color: str) -> None:
        canvas.polygon([_at(point) for point in points], fill=color)

    return draw


def line(*points: tuple[float, float], width: float) -> Draw:
    """A line with round joints, in hundredths of the photo's side."""

    def draw(canvas: ImageDraw.ImageDraw, color: str) -> None:
        canvas.line([_at(point) for point in points], color, round(width * _unit()), "curve")

    return draw


def ellipse(x: float, y: float, wide: float, high: float) -> Draw:
    """An ellipse by its middle and its half axes."""

    def draw(canvas: ImageDraw.ImageDraw, color: str) -> None:
        canvas.ellipse([*_at((x - wide, y - high)), *_at((x + wide, y + high))], fill=color)

    return draw


def bow(x: float, y: float, wide: float, high: float, width: float, begin=180, end=360) -> Draw:
    """A part of an ellipse's outline; angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(begin, end, 40))
    points = [(x + wide * np.cos(angle), y + high * np.sin(angle)) for angle in angles]
    return line(*points, width=width)


def circle(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 90)
    return [(x + radius * np.cos(angle), y + radius * np.sin(angle)) for angle in angles]


def _unit() -> float:
    return _FINE * SIDE / 100


def _at(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] * _unit(), point[1] * _unit()


SHIRT = polygon(
    (38, 22), (50, 26), (62, 22), (82, 34), (74, 50), (67, 45), (67, 88), (33, 88), (33, 45),
    (26, 50), (18, 34),
)  # fmt: skip
HOOK = line(
    (50, 25), (50, 18), (53, 15), (54, 11), (52, 7.5), (48.5, 7), (46, 9.5), (45.5, 12), width=1.5
)
DRESS = polygon(
    (41, 8), (46, 12), (54, 12), (59, 8), (63, 22), (56, 34), (70, 62), (30, 62), (44, 34), (37, 22)
)
POLE, FOOT = line((50, 60), (50, 90), width=2), ellipse(50, 91, 11, 2)
SKIRT = polygon((34, 24), (66, 24), (82, 84), (18, 84))
CLIPS = (
    polygon((37, 20), (41, 20), (41, 27), (37, 27)),
    polygon((59, 20), (63, 20), (63, 27), (59, 27)),
)
STICKER = polygon((55, 62), (63, 62), (63, 67), (55, 67))
BAG = polygon((28, 42), (72, 42), (76, 86), (24, 86))


def hung_shirt() -> bytes:
    """A photo as PNG: a dark shirt on a black hanger before a light wall."""
    return _png((HOOK, BLACK), (SHIRT, NAVY))


def with_sticker() -> bytes:
    """A photo as PNG: a dark shirt with an orange price sticker."""
    return _png((SHIRT, NAVY), (STICKER, "#f0400f"))


def _png(*layers: tuple[Draw, str]) -> bytes:
    rgb, _alpha = photo(*layers)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG")
    return out.getvalue()
