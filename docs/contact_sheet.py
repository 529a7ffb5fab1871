"""Makes the pictures of these pages, through the same pipeline that a worker runs.

    python docs/contact_sheet.py                 everything into docs/images
    python docs/contact_sheet.py --only styles   the thumbnails of the shipped styles alone
    python docs/contact_sheet.py --out FOLDER    somewhere else, to look at first

Which styles a product is shown in is drawn with a fixed seed, not by taste.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from prodimages.choices import SourceType  # noqa: E402
from prodimages.cutouts.refinement.foreground import estimate_foreground  # noqa: E402
from prodimages.cutouts.refinement.refine import refine  # noqa: E402
from prodimages.cutouts.registry import cutout_backend  # noqa: E402
from prodimages.engines.studio import thumbnails  # noqa: E402
from prodimages.engines.studio.styles import STYLES  # noqa: E402
from prodimages.imaging.decode import decode_photo  # noqa: E402
from prodimages.imaging.encode import encode  # noqa: E402
from prodimages.models import Style  # noqa: E402
from prodimages.services.direct import make_picture  # noqa: E402
from prodimages.services.shipped import shipped_styles  # noqa: E402
from prodimages.shops.base import ProductInfo  # noqa: E402
from shop_integration.demo.products import COFFEE, PRODUCTS, DemoProduct  # noqa: E402
from shop_integration.demo.rendering import render  # noqa: E402

TILE, GAP, LABEL = 300, 8, 26
PICTURE_SIDE = 768
STYLE_SIDE, STYLE_PRODUCT = 240, "vase"
SEED = 7
README_ROWS = ("mug", "coffee-cup", "tote")
MOST_SHEET, MOST_STYLE = 350_000, 30_000
MAGENTA = (255, 0, 255)


class Subject(NamedTuple):
    product: DemoProduct
    photo: bytes
    foreground: np.ndarray
    alpha: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", choices=["sheet", "styles"])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    if options.only != "styles":
        make_sheets(options.out)
    if options.only != "sheet":
        make_style_thumbnails(thumbnails.FOLDER)
    print(f"done in {time.perf_counter() - begun:.0f} s")


def subject(product: DemoProduct) -> Subject:
    """The product's photo and its cut-out, to show the steps in between."""
    photo = photo_of(product)
    rgb = decode_photo(photo).rgb
    alpha = refine(rgb, cutout_backend().alpha(rgb))
    return Subject(product, photo, estimate_foreground(rgb, alpha), alpha)


def photo_of(product: DemoProduct) -> bytes:
    if product is COFFEE:
        from skimage import data

        pixels = data.coffee()
    else:
        pixels = render(product.slug).rgb
    return encode(pixels, format="jpeg", quality=93, source_type=None)


def picture(of: Subject, style: Style, side: int = PICTURE_SIDE) -> Image.Image:
    """One finished picture, as ``prodimages_generate --image`` makes it."""
    made = make_picture(
        of.photo,
        style,
        info=info_of(of.product),
        seed=SEED,
        size=side,
        format="png",
        elevation=of.product.elevation,
    )
    return opened(made.content)


def info_of(product: DemoProduct) -> ProductInfo:
    return ProductInfo(
        key=product.sku,
        name=product.name,
        category=product.category,
        product_type=product.product_type,
        color=product.color,
        width_cm=product.width_cm,
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def make_sheets(folder: Path) -> None:
    styles = {style.slug: style for style in shipped_styles()}
    rows, readme = [], []
    drawn = random.Random(SEED).sample(
        [slug for slug, style in styles.items() if style.task == "background"], 2 * len(PRODUCTS)
    )
    for number, product in enumerate(PRODUCTS):
        of = subject(product)
        shown = ["white-packshot", *drawn[2 * number : 2 * number + 2]]
        pictures = [(styles[slug].name, picture(of, styles[slug])) for slug in shown]
        photo = ("photo", opened(of.photo))
        cutouts = [("cut-out on magenta", over(of, MAGENTA)), ("on checkers", over(of, None))]
        rows.append([photo, *cutouts, *pictures])
        if product.slug in README_ROWS:
            readme.append([photo, cutouts[1], *pictures])
        print(f"{product.name}: {', '.join(shown)}", flush=True)
    half = len(rows) // 2
    save(sheet(rows[:half]), folder / "sheet-1.webp", MOST_SHEET)
    save(sheet(rows[half:]), folder / "sheet-2.webp", MOST_SHEET)
    save(sheet(readme, tile=220), folder / "readme.webp", MOST_SHEET)


def make_style_thumbnails(folder: Path) -> None:
    """Those that the admin's style cards show, and what each was drawn from."""
    folder.mkdir(parents=True, exist_ok=True)
    product = next(product for product in PRODUCTS if product.slug == STYLE_PRODUCT)
    of = subject(product)
    for style in shipped_styles():
        small = picture(of, style, 2 * STYLE_SIDE)
        small = small.resize((STYLE_SIDE, STYLE_SIDE), Image.Resampling.LANCZOS)
        save(small, folder / f"{style.slug}.webp", MOST_STYLE)
        print(style.slug, flush=True)
    digests = {style["slug"]: thumbnails.digest(style) for style in STYLES}
    thumbnails.DIGESTS.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def over(of: Subject, color: tuple[int, int, int] | None) -> Image.Image:
    """The cut-out on one color, or on checkers."""
    height, width = of.alpha.shape
    if color is None:
        rows, columns = np.mgrid[:height, :width] // 24
        ground = np.where((rows + columns) % 2, 205, 245)[..., None].repeat(3, axis=-1)
    else:
        ground = np.broadcast_to(np.array(color), (height, width, 3))
    weight = of.alpha[..., None]
    return Image.fromarray(np.rint(of.foreground * weight + ground * (1 - weight)).astype("uint8"))


def sheet(rows: list[list[tuple[str, Image.Image]]], tile: int = TILE) -> Image.Image:
    columns = max(len(row) for row in rows)
    size = columns * (tile + GAP) + GAP, len(rows) * (tile + LABEL + GAP) + GAP
    whole = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(15)
    for down, row in enumerate(rows):
        for across, (label, image) in enumerate(row):
            left, top = GAP + across * (tile + GAP), GAP + down * (tile + LABEL + GAP)
            small = image.copy()
            small.thumbnail((tile, tile), Image.Resampling.LANCZOS)
            draw.text((left, top + 4), label, fill="#333333", font=font)
            room = (tile - small.width) // 2, (tile - small.height) // 2
            whole.paste(small, (left + room[0], top + LABEL + room[1]))
    return whole


def save(image: Image.Image, path: Path, most: int) -> None:
    """As WebP under ``most`` bytes, marked like the pictures that it shows."""
    mark = SourceType.COMPOSITE_SYNTHETIC.value
    for quality in (88, 82, 76, 70, 62, 54):
        content = encode(np.asarray(image), format="webp", quality=quality, source_type=mark)
        if len(content) <= most:
            path.write_bytes(content)
            return
    raise SystemExit(f"{path.name} has {len(content)} bytes; {most} are the most.")


if __name__ == "__main__":
    main()
