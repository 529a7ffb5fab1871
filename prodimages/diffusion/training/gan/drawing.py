"""Draws what networks that saw garments only get wrong: letters, stripes, checks, logos, weaves."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

_FINER = 4
"""Drawn at this many times the size and scaled down, so that edges are smooth, not jagged."""
_WORDS = (
    *("COTTON", "New York", "SALE", "Brooklyn", "est. 1987", "Organic", "100 % wool", "Nº 5"),
    *("MILK", "Coffee", "Extra Virgin", "250 ml", "SIZE M", "Made in Italy", "Runner", "24 h"),
)
Color = tuple[int, int, int]


def crops(
    count: int, side: int, *, fonts: Path | None, dice: np.random.Generator
) -> Iterator[np.ndarray]:
    """``count`` drawings, (side, side, 3) uint8; ``fonts`` is a folder of TrueType files."""
    files = sorted(fonts.rglob("*.ttf")) if fonts else []
    kinds: tuple[Callable[..., None], ...] = (_letters, _letters, _stripes, _checks, _logo, _weave)
    for number in range(count):
        large = round(side * 1.4) * _FINER  # so that turned, it still fills the crop
        image = Image.new("RGB", (large, large), _color(dice))
        kinds[number % len(kinds)](image, dice, files)
        if dice.random() < 0.4:
            _letters(image, dice, files, lines=1)
        image = image.rotate(float(dice.normal(0, 12)), Image.Resampling.BICUBIC)
        edge = (large - side * _FINER) // 2
        image = image.crop((edge, edge, large - edge, large - edge))
        small = image.resize((side, side), Image.Resampling.LANCZOS)
        yield _lit(np.asarray(small), dice)


def _letters(
    image: Image.Image, dice: np.random.Generator, files: list[Path], lines: int = 0
) -> None:
    draw, top = ImageDraw.Draw(image), int(dice.integers(0, 80))
    for _line in range(lines or 12):
        size = int(np.exp(dice.uniform(np.log(8), np.log(56)))) * _FINER
        text = _text(dice)
        font: ImageFont.FreeTypeFont | ImageFont.ImageFont = ImageFont.load_default(size)
        if files and dice.random() < 0.7:
            font = ImageFont.truetype(str(files[int(dice.integers(len(files)))]), size)
        left = int(dice.integers(-40, image.width // 3))
        draw.text((left, top), text, font=font, fill=_color(dice))
        top += int(size * 1.3)


def _text(dice: np.random.Generator) -> str:
    if dice.random() < 0.6:
        return "  ".join(str(word) for word in dice.choice(_WORDS, 3))
    signs = string.ascii_letters + string.digits + "&%.,-!?"
    return "".join(str(sign) for sign in dice.choice(list(signs), int(dice.integers(4, 24))))


def _stripes(image: Image.Image, dice: np.random.Generator, files: list[Path]) -> None:
    draw, colors, left = ImageDraw.Draw(image), [_color(dice) for _stripe in range(3)], 0
    widths = dice.uniform(1.2, 12, 3) * _FINER
    across = dice.random() < 0.5
    turn = 0
    while left < image.width:
        right = left + max(1, int(widths[turn % 3]))
        box = (0, left, image.width, right) if across else (left, 0, right, image.width)
        draw.rectangle(box, fill=colors[turn % 3])
        left, turn = right, turn + 1


def _checks(image: Image.Image, dice: np.random.Generator, files: list[Path]) -> None:
    """A tartan: stripes both ways, half transparent."""
    other = Image.new("RGB", image.size)
    _stripes(image, dice, files)
    _stripes(other, dice, files)
    image.paste(Image.blend(image, other.rotate(90), 0.5))


def _logo(image: Image.Image, dice: np.random.Generator, files: list[Path]) -> None:
    draw = ImageDraw.Draw(image)
    for _shape in range(14):
        x, y = dice.uniform(0, image.width, 2)
        radius, thickness = float(dice.uniform(4, 40)) * _FINER, int(dice.integers(1, 6)) * _FINER
        box, color = (x - radius, y - radius, x + radius, y + radius), _color(dice)
        kind = int(dice.integers(5))
        if kind == 0:
            draw.ellipse(box, outline=color, width=thickness)
        elif kind == 1:
            draw.rounded_rectangle(box, radius / 4, fill=color)
        elif kind == 2:
            draw.regular_polygon((x, y, radius), int(dice.integers(3, 8)), fill=color)
        elif kind == 3:
            draw.arc(box, 0, float(dice.uniform(90, 300)), fill=color, width=thickness)
        else:
            draw.line([*box], fill=color, width=thickness)


def _weave(image: Image.Image, dice: np.random.Generator, files: list[Path]) -> None:
    """Threads over and under each other, or the ribs of a knit."""
    period = float(dice.uniform(3, 9)) * _FINER
    y, x = np.mgrid[: image.height, : image.width].astype(np.float32) / period
    lean = float(dice.uniform(0, 0.6))
    over = np.sin(np.pi * (x + lean * y)) * np.sin(np.pi * (y - lean * x))
    if dice.random() < 0.4:
        over = np.sin(np.pi * x) * (0.6 + 0.4 * np.abs(np.sin(np.pi * (y + np.abs(x % 2 - 1)))))
    light = 1 + float(dice.uniform(0.1, 0.5)) * np.tanh(2 * over)
    base = np.asarray(image, np.float32) * light[..., None]
    image.paste(Image.fromarray(base.clip(0, 255).astype(np.uint8)))


def _color(dice: np.random.Generator) -> Color:
    if dice.random() < 0.35:  # much that is printed is black on white
        red = green = blue = int(dice.choice([12, 30, 128, 235, 250]))
        return red, green, blue
    red, green, blue = (int(value) for value in dice.integers(0, 256, 3))
    return red, green, blue


def _lit(rgb: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Folds as soft light and shade, so that no ground is perfectly even."""
    folds = ndimage.gaussian_filter(dice.normal(size=rgb.shape[:2]), dice.uniform(8, 40))
    folds *= float(dice.uniform(0, 0.18)) / max(float(folds.std()), 1e-6)
    lit: np.ndarray = (rgb * (1 + folds)[..., None]).clip(0, 255).astype(np.uint8)
    return lit
