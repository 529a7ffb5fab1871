"""Enlarges what is hard to enlarge by every way that there is, side by side, with its numbers.

    python docs/enlarge_sheet.py --out docs/images/enlarge.webp

The pictures are a photo under CC0 that scikit-image brings and what is drawn here, each scaled
down to half first, so that the truth is known. ``--photos FOLDER`` adds crops of photos as they
are; such a sheet is to look at and has no numbers for them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")
SIDE = 256
Way = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--photos", type=Path)
    given = parser.parse_args()
    originals = {
        "photo": coffee(),
        "letters": [lettering()],
        "stripes": [stripes()],
        "soft weave": [weave()],
    }
    ways = {name: timed(way) for name, way in all_ways().items()}
    given_and_true = [
        (scaled(original, SIDE // 2, Image.Resampling.LANCZOS), original)
        for original in itertools.chain(*originals.values())
    ]
    if given.photos:
        given_and_true += [(small, scaled(small, SIDE, 0)) for small in crops(given.photos)]
    rows = [[*(way(small)[0] for way in ways.values()), true] for small, true in given_and_true]
    save(rows, [*ways, "original"], given.out)
    tell(originals, ways)


def all_ways() -> dict[str, Way]:
    import django

    django.setup()
    from prodimages.enlargement.compact import CompactEnlarger
    from prodimages.enlargement.realesrgan import RealEsrganEnlarger

    compact, large = CompactEnlarger({}), RealEsrganEnlarger({})
    return {
        "bicubic": lambda rgb: scaled(rgb, SIDE, Image.Resampling.BICUBIC),
        "Lanczos": lambda rgb: scaled(rgb, SIDE, Image.Resampling.LANCZOS),
        compact.name: lambda rgb: compact.enlarge(rgb, 2),
        large.name: lambda rgb: large.enlarge(rgb, 2),
    }


def timed(way: Way) -> Callable[[np.ndarray], tuple[np.ndarray, float]]:
    def run(rgb: np.ndarray) -> tuple[np.ndarray, float]:
        began = time.process_time()
        return way(rgb), time.process_time() - began

    return run


def tell(
    originals: dict[str, list[np.ndarray]],
    ways: dict[str, Callable[[np.ndarray], tuple[np.ndarray, float]]],
) -> None:
    """PSNR against each original and scaled back, and seconds of one core for a megapixel."""
    print(f"| | {' | '.join(originals)} | scaled back | seconds a megapixel, one core |")
    print("|---" * (len(originals) + 3) + "|")
    for name, way in ways.items():
        cells, back, seconds, pixels = [], [], 0.0, 0
        for group in originals.values():
            like = []
            for original in group:
                small = scaled(original, SIDE // 2, Image.Resampling.LANCZOS)
                large, spent = way(small)
                like.append(psnr(large, original))
                back.append(psnr(scaled(large, SIDE // 2, Image.Resampling.BOX), small))
                seconds, pixels = seconds + spent, pixels + small.shape[0] * small.shape[1]
            cells.append(f"{np.mean(like):.1f} dB")
        rate = seconds / pixels * 1e6
        print(f"| {name} | {' | '.join(cells)} | {np.mean(back):.1f} dB | {rate:.0f} |")


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    error = np.square(first.astype(np.float64) - second).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-3)))


def coffee() -> list[np.ndarray]:
    from skimage import data

    rgb = data.coffee()
    return [rgb[y : y + SIDE, x : x + SIDE] for y, x in ((60, 200), (140, 10))]


def lettering() -> np.ndarray:
    image = Image.new("RGB", (4 * SIDE, 4 * SIDE), (236, 231, 222))
    draw, top = ImageDraw.Draw(image), 20
    lines = ("COFFEE", "Extra Virgin", "Made in Italy 250 ml", "100 % organic cotton", "wash at 30")
    for line, size in zip(lines, (190, 130, 90, 66, 48), strict=True):
        draw.text((30, top), line, font=ImageFont.load_default(size), fill=(24, 32, 92))
        top += round(size * 1.35)
    draw.ellipse((60, 780, 260, 980), outline=(0, 96, 48), width=22)
    draw.regular_polygon((460, 880, 110), 5, fill=(176, 24, 36))
    draw.arc((620, 780, 960, 1120), 200, 340, fill=(20, 20, 20), width=12)
    return scaled(np.asarray(image), SIDE, Image.Resampling.LANCZOS)


def stripes() -> np.ndarray:
    y, x = np.mgrid[: 4 * SIDE, : 4 * SIDE].astype(np.float32)
    width = 10 + 24 * y / (4 * SIDE)
    lit = np.sin((x + 0.15 * y) / width * np.pi) > 0
    colors = np.array([[238, 236, 230], [28, 44, 96]], np.uint8)
    return scaled(colors[lit.astype(int)], SIDE, Image.Resampling.LANCZOS)


def weave() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) / 5
    light = 1 + 0.25 * np.tanh(2 * np.sin(np.pi * x) * np.sin(np.pi * y))
    folds = 1 + 0.2 * np.sin(x / 9 + np.sin(y / 12))
    rgb = np.array([150, 110, 84], np.float32) * (light * folds)[..., None]
    return rgb.clip(0, 255).astype(np.uint8)


def crops(folder: Path) -> list[np.ndarray]:
    found, side = [], SIDE // 2
    for path in sorted(folder.glob("*.jpg"))[::6]:
        rgb = np.asarray(Image.open(path).convert("RGB"))
        top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
        found.append(rgb[top : top + side, left : left + side])
    return found


def scaled(rgb: np.ndarray, side: int, how: int) -> np.ndarray:
    return np.asarray(Image.fromarray(rgb).resize((side, side), how))


def save(rows: list[list[np.ndarray]], names: list[str], path: Path) -> None:
    picture = np.concatenate([np.concatenate(row, axis=1) for row in rows])
    sheet = Image.new("RGB", (picture.shape[1], picture.shape[0] + 24), "white")
    sheet.paste(Image.fromarray(picture), (0, 24))
    for column, name in enumerate(names):
        where = (column * SIDE + 6, 5)
        ImageDraw.Draw(sheet).text(where, name, font=ImageFont.load_default(13), fill="black")
    sheet.save(path, quality=82, method=6)


if __name__ == "__main__":
    main()
