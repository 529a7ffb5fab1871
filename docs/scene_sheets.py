"""Contact sheets of every scene family, to be looked at: each row a photo, each column a scene.

    python docs/scene_sheets.py                            the demo's products
    python docs/scene_sheets.py --photos FOLDER            photos of your own
    python docs/scene_sheets.py --photos FOLDER --draw 4   four scenes a photo, drawn by the seed

With ``--format webp`` a sheet is kept under 350 kB and carries the provenance mark:

    python docs/scene_sheets.py --draw 4 --tile 240 --rows 4 --format webp --out FOLDER

A folder may hold a ``labels.csv`` (file,label): the label is the photo's category, which
decides how the product is seen. Cut-outs are kept in a scratch folder, so that a second run
has only the scenes to paint. Every picture has the same seed; none is chosen by taste.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import contact_sheet as sheets
from PIL import Image

from prodimages.cutouts.proposals.base import Box
from prodimages.cutouts.refinement import refine
from prodimages.engines.registry import get_engine
from prodimages.engines.studio.scenes import SCENES
from prodimages.exceptions import JobFailure
from prodimages.models import ProductSettings, Style
from prodimages.pipeline import planner, preview
from prodimages.pipeline.context import StepContext
from prodimages.services.styles import wish_for
from prodimages.shops.base import ProductInfo
from shop_integration.demo.products import PRODUCTS

SEED = 7
PHOTO_TYPES = {".jpg", ".jpeg", ".png", ".webp"}
PLACE: dict[str, Any] = {"fill": 0.58, "align": "ground", "ground": 0.82}


class _NoCutouts:
    """A CutoutStore that remembers nothing: what is kept here is the reduced product."""

    def load(self, key: str) -> bytes | None:
        return None

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        pass

    def chosen(self) -> tuple[str, bytes] | None:
        return None

    def kept_extras(self) -> list[tuple[str, Box]]:
        return []


class _Nowhere:
    """A PictureSink for pictures that are only looked at."""

    def missing_indexes(self) -> list[int]:
        return []

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        raise AssertionError("a preview is never stored")


class Photo(NamedTuple):
    name: str
    content: bytes
    info: ProductInfo
    elevation: float | None


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    options.cache.mkdir(parents=True, exist_ok=True)
    photos = list(_of_folder(options.photos) if options.photos else _of_demo())
    drawing = random.Random(SEED)
    if 0 < options.sample < len(photos):
        photos = drawing.sample(photos, options.sample)
    families = options.families or list(SCENES)
    begun, rows = time.perf_counter(), []
    for photo in photos:
        drawn = drawing.sample(families, options.draw) if options.draw else families
        rows.append(_row(photo, sorted(drawn, key=families.index), options))
        print(f"{photo.name}: {time.perf_counter() - begun:.0f} s", flush=True)
        if len(rows) % options.rows == 0 or photo is photos[-1]:
            number = -(-len(rows) // options.rows)
            first = (number - 1) * options.rows
            whole = sheets.sheet(rows[first:], tile=options.tile)
            path = options.out / f"scenes-{number}.{options.format}"
            if options.format == "webp":
                sheets.save(whole, path, sheets.MOST_SHEET)
            else:
                whole.save(path, quality=80)


def _options() -> argparse.Namespace:
    scratch = Path(tempfile.gettempdir()) / "prodimages-scenes"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, help="a folder; without it, the demo's products")
    parser.add_argument("--sample", type=int, default=0, help="so many photos, drawn by the seed")
    parser.add_argument("--families", nargs="+", choices=list(SCENES), metavar="SCENE")
    parser.add_argument("--draw", type=int, default=0, help="so many scenes a photo, not all")
    parser.add_argument("--out", type=Path, default=scratch / "sheets")
    parser.add_argument("--cache", type=Path, default=scratch / "cutouts")
    parser.add_argument("--pictures", type=Path, help="keep each picture by itself in this folder")
    parser.add_argument("--rows", type=int, default=5, help="photos on a sheet")
    parser.add_argument("--tile", type=int, default=300, help="pixels of a picture's side")
    parser.add_argument("--format", choices=["png", "jpg", "webp"], default="png")
    return parser.parse_args()


def _of_folder(folder: Path) -> Iterator[Photo]:
    labels = {}
    if (folder / "labels.csv").exists():
        with (folder / "labels.csv").open(newline="") as lines:
            labels = {line["file"]: line["label"] for line in csv.DictReader(lines)}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PHOTO_TYPES:
            info = ProductInfo(key=path.stem, name=path.stem, category=labels.get(path.name, ""))
            yield Photo(path.stem, path.read_bytes(), info, None)


def _of_demo() -> Iterator[Photo]:
    for product in PRODUCTS:
        content = sheets.photo_of(product)
        yield Photo(product.slug, content, sheets.info_of(product), product.elevation)


def _row(
    photo: Photo, families: list[str], options: argparse.Namespace
) -> list[tuple[str, Image.Image]]:
    """The photo, and its picture in each of ``families``; a blank tile says why there is none."""
    row = [(photo.name, sheets.opened(photo.content))]
    figure: preview.Figure | None = None
    for family in families:
        style = Style(shop="local", slug=family, name=family, task="background", engine="studio")
        style.parameters = {"scene": family, **PLACE}
        context = _context(photo, style)
        try:
            figure = figure or _figure(context, photo, options.cache)
            picture = sheets.opened(preview.render(context, figure).content)
        except JobFailure as failure:
            print(f"{photo.name}: {failure}", file=sys.stderr)
            break
        if options.pictures:
            options.pictures.mkdir(parents=True, exist_ok=True)
            picture.save(options.pictures / f"{photo.name}-{family}.png")
        row.append((family, picture))
    return row


def _context(photo: Photo, style: Style) -> StepContext:
    own = None if photo.elevation is None else ProductSettings(elevation=photo.elevation)
    plan = planner.make_plan(wish_for(style, photo.info, own=own, seed=SEED))
    return StepContext(
        plan=plan,
        engine=get_engine(plan.engine),
        read_photo=lambda: photo.content,
        cutouts=_NoCutouts(),
        pictures=_Nowhere(),
        report=lambda stage, fraction: None,
        is_canceled=lambda: False,
        stops_for_staff=False,
    )


def _figure(context: StepContext, photo: Photo, cache: Path) -> preview.Figure:
    """The product out of its photo, kept for the next run of the same code and photo."""
    digest = hashlib.sha256(photo.content).hexdigest()[:20]
    path = cache / f"{digest}-{refine.VERSION}.pickle"
    if path.exists():
        kept: preview.Figure = pickle.loads(path.read_bytes())
        return kept
    figure = preview.figure_of(context)
    path.write_bytes(pickle.dumps(figure))
    return figure


if __name__ == "__main__":
    main()
