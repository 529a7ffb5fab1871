"""Makes a sheet of fitting previews to look at: several persons in several tops.

    python docs/try_on_sheet.py --out FOLDER [--side 640] [--persons away,front] [--tops tee]
                                [--person FILE ...] [--top FILE ...]

Persons are scikit-image's astronaut (upper body) and figures rendered by the demo's own code (hips,
wrists, arms before the body); tops are the demo's T-shirt and plain ones rendered likewise. Photos
of your own may be added. What was rendered is kept in FOLDER and used again; each preview is
written there by itself as well, in full size.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")

import django  # noqa: E402

django.setup()

from PIL import Image, ImageDraw  # noqa: E402

from prodimages.choices import Task  # noqa: E402
from prodimages.exceptions import JobFailure  # noqa: E402
from prodimages.models import Style  # noqa: E402
from prodimages.services.direct import make_picture  # noqa: E402
from prodimages.shops.base import ProductInfo  # noqa: E402
from shop_integration.demo.rendering.figure import Figure, scene_of  # noqa: E402
from shop_integration.demo.rendering.photo import photograph  # noqa: E402
from shop_integration.demo.rendering.scene import Scene  # noqa: E402
from shop_integration.demo.rendering.scenes import tshirt  # noqa: E402
from shop_integration.demo.rendering.tops import SWEATER, TANK, TEE, top_scene  # noqa: E402

FIGURES = {
    "away": Figure(elbow=(29.0, 112.0, -1.0), wrist=(37.0, 90.0, 2.0)),
    "long-hair": Figure(
        elbow=(24.5, 109.0, -2.0),
        wrist=(25.5, 84.0, 2.5),
        top=(0.35, 0.08, 0.07),
        sleeve=1.95,
        long_hair=True,
        skin=(0.62, 0.40, 0.30),
    ),
    "hips": Figure(
        elbow=(33.0, 116.0, -3.0), wrist=(19.5, 99.0, 6.0), stripes=True, top=(0.6, 0.6, 0.58)
    ),
    "arm-before": Figure(
        elbow=(27.0, 112.0, 2.0),
        wrist=(10.0, 104.0, 15.0),
        other=((-29.0, 112.0, -1.0), (-36.0, 90.0, 2.0)),
        skin=(0.16, 0.08, 0.05),
        top=(0.75, 0.73, 0.70),
    ),
    "behind": Figure(elbow=(29.0, 112.0, -1.0), wrist=(37.0, 90.0, 2.0), is_turned=True),
}
TOPS = {
    "striped-tee": lambda: tshirt.SCENE,
    "tee": lambda: top_scene(TEE, (0.05, 0.16, 0.13), logo=True),
    "sweater": lambda: top_scene(SWEATER, (0.42, 0.25, 0.05)),
    "tank": lambda: top_scene(TANK, (0.50, 0.07, 0.10), drop=13.0),
}
LABEL = 22


class Sitter:
    """Somebody in a photo, whose landmarks are found anew."""

    is_shopper = False
    landmarks: Mapping[str, Any] = {}
    faces = None
    is_front = True

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content

    def found(self, landmarks: Mapping[str, Any], *, faces: int) -> None:
        print("   landmarks found,", faces, "faces")

    def painted(self) -> None:
        return None

    def marked(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        pass

    def edits(self) -> None:
        return None

    def outlined(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side", type=int, default=640)
    parser.add_argument("--persons", default=",".join(["astronaut", *FIGURES]))
    parser.add_argument("--tops", default=",".join(TOPS))
    parser.add_argument("--person", type=Path, action="append", default=[])
    parser.add_argument("--top", type=Path, action="append", default=[])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    persons = {name: person(name, options) for name in filter(None, options.persons.split(","))}
    persons |= {path.stem: path.read_bytes() for path in options.person}
    tops = {
        name: rendered(options.out / f"top-{name}.png", TOPS[name](), options.side)
        for name in filter(None, options.tops.split(","))
    }
    tops |= {path.stem: path.read_bytes() for path in options.top}
    rows = [
        [
            ("", content),
            *[(name, preview(who, name, persons[who], top, options)) for name, top in tops.items()],
        ]
        for who, content in persons.items()
    ]
    sheet(rows, options.side).save(options.out / "sheet.png")


def person(name: str, options: argparse.Namespace) -> bytes:
    if name == "astronaut":
        from skimage.data import astronaut

        return png(Image.fromarray(astronaut()))
    file = options.out / f"person-{name}.png"
    content = rendered(file, scene_of(FIGURES[name]), round(options.side * 1.6))
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        return png(image.crop((round(width * 0.2), 0, round(width * 0.8), round(height * 0.62))))


def rendered(file: Path, scene: Scene, side: int) -> bytes:
    if not file.exists():
        begun = time.perf_counter()
        Image.fromarray(photograph(scene, side, 3).rgb).save(file)
        print(f"{file.name} rendered in {time.perf_counter() - begun:.0f} s")
    return file.read_bytes()


def preview(
    who: str, name: str, content: bytes, top: bytes, options: argparse.Namespace
) -> bytes | str:
    """The picture, or why there is none."""
    style = Style(slug="sheet", name="sheet", task=Task.TRY_ON, engine="fitting", size=options.side)
    style.format = "png"
    info = ProductInfo(key="0", name=name, category="clothing/t-shirts")
    begun = time.perf_counter()
    try:
        made = make_picture(top, style, info=info, person=Sitter(content))
    except JobFailure as error:
        print(f"{who} in {name}: {error}")
        return str(error)
    print(f"{who} in {name}: {time.perf_counter() - begun:.1f} s", *made.notices)
    (options.out / f"{who}-{name}.png").write_bytes(made.content)
    return made.content


def sheet(rows: list[list[tuple[str, bytes | str]]], side: int) -> Image.Image:
    tile = side
    columns = max(len(row) for row in rows)
    whole = Image.new("RGB", (columns * tile, len(rows) * (tile + LABEL)), "white")
    draw = ImageDraw.Draw(whole)
    for down, row in enumerate(rows):
        for across, (label, content) in enumerate(row):
            x, y = across * tile, down * (tile + LABEL)
            draw.text((x + 4, y + 4), label, fill="black")
            if isinstance(content, str):
                draw.multiline_text((x + 8, y + tile // 2), content, fill="darkred")
                continue
            with Image.open(io.BytesIO(content)) as image:
                shown = image.convert("RGB")
            shown.thumbnail((tile, tile), Image.Resampling.LANCZOS)
            whole.paste(shown, (x + (tile - shown.width) // 2, y + LABEL))
    return whole


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    main()
