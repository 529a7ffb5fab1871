"""Draws docs/images/nano-backdrops.webp: nano's backdrop beneath the studio's, of the same words.

    python docs/nano_sheet.py [--out FOLDER]

All products of the demo, in its own style for nano and the one that this was made from.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import contact_sheet as sheets  # sets Django up

from prodimages.models import Style
from prodimages.services.shipped import shipped_styles
from shop_integration.demo.products import PRODUCTS
from shop_integration.demo.scenes import SOFT_PROMPT

TILE = 240
MOST = 150_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=sheets.ROOT / "docs" / "images")
    folder = parser.parse_args().out
    oak = next(style for style in shipped_styles() if style.slug == "oak-table")
    soft = Style(
        slug="soft-oak-table",
        name="Soft oak table",
        task=oak.task,
        engine="nano",
        prompt=SOFT_PROMPT,
        parameters=oak.parameters,
    )
    above, beneath = [], []
    for product in PRODUCTS:
        of = sheets.subject(product)
        above.append((f"{product.name}, studio", sheets.picture(of, oak, 1024)))
        beneath.append(("nano", sheets.picture(of, soft, 1024)))
        print(product.name, flush=True)
    half = len(above) // 2
    rows = [above[:half], beneath[:half], above[half:], beneath[half:]]
    sheets.save(sheets.sheet(rows, tile=TILE), folder / "nano-backdrops.webp", MOST)


if __name__ == "__main__":
    main()
