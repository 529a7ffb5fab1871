"""Records made by the studio engine: its scenes around products of path-traced records.

They fill up the vocabulary; light and shadow are the studio's, in one finished sRGB picture
each with and without the product.

    python -m prodimages.diffusion.training.data.studio_renders OUT --products PACK [PACK ...] \\
        --start 500000 --count 4000 --processes 10 --seconds 170
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import multiprocessing
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from PIL import Image

from prodimages.choices import Task
from prodimages.diffusion.training.data.facts import developed
from prodimages.diffusion.training.data.pack import Records, load
from prodimages.diffusion.training.data.records import (
    is_done,
    record_folder,
    region_png,
    write_files,
)
from prodimages.diffusion.training.data.scenes import Scene, draw, split_of
from prodimages.engines.base import GenerationRequest, View
from prodimages.engines.studio import StudioEngine
from prodimages.engines.studio.staging import HORIZON_LIMIT
from prodimages.engines.studio.vocabulary import COLORS, DISTANT, DYEABLE
from prodimages.imaging.types import PlacedProduct

SIDE, QUALITY = 256, 92
TEMPERATURES = {"cool": -0.5, "neutral": 0.0, "warm": 0.5, "golden": 1.0}
MOODS = {"bright": 0.26, "calm": 0.0, "dark": -0.69}
"""The studio's words as captions count them: warmth, and exposure in stops."""


@dataclasses.dataclass(frozen=True)
class Good:
    """A product cut out of a path-traced record, at its place on the canvas."""

    rgb: np.ndarray
    alpha: np.ndarray
    kind: str
    color: str
    elevation: float
    hangs: bool


def goods_of(records: Records) -> list[Good]:
    """Every product of ``records``, lit as it was rendered."""
    goods = []
    for at, facts in enumerate(records.facts):
        mask = records.mask[at].astype(np.float32) / 255
        if facts["source"] == "studio" or not facts["product"] or (mask > 0.5).sum() < 400:
            continue
        light = np.square(records.light[at, 1].astype(np.float32) / 255)
        linear = (light * records.scale[at, 1][:, None, None, None]).sum(0)
        rgb = np.where(mask[..., None] > 0, developed(linear), 0).astype(np.uint8)
        hangs = facts["scene"] == "wall"
        goods.append(
            Good(rgb, mask, facts["product"], facts["product_color"], facts["elevation"], hangs)
        )
    return goods


def parameters_of(scene: Scene, rng: random.Random) -> dict[str, Any]:
    """What to ask of the studio for such a scene."""
    seamless = scene.scene in ("seamless", "gradient", "podium")
    family = {"seamless": "sweep", "gradient": "gradient", "podium": "podium"}.get(scene.scene)
    asked: dict[str, Any] = {
        "light": {"above": "top"}.get(scene.light_side, scene.light_side),
        "shadow": "soft" if scene.light == "soft" else "hard",
        "temperature": rng.choice(("neutral", "neutral", *TEMPERATURES)),
        "mood": rng.choice(("calm", "calm", *MOODS)),
        "pattern": scene.pattern,
    }
    if seamless:
        asked |= {"scene": family, "color": COLORS[scene.surface_color or "white"]}
        if scene.accent:
            asked["accent"] = COLORS[scene.accent]
        return asked
    asked |= {"surface": scene.surface, "scatter": scene.scatter, "wall": scene.wall or "plaster"}
    if scene.surface_color and scene.surface in DYEABLE:
        asked["accent"] = COLORS[scene.surface_color]
    if scene.wall_color:
        asked["color"] = COLORS[scene.wall_color]
    return asked


def facts_of(number: int, scene: Scene, asked: dict[str, Any], good: Good | None) -> dict[str, Any]:
    """In the terms of the path-traced records."""
    kind = "tabletop" if scene.scene == "shelf" else scene.scene
    surface_color = scene.surface_color if scene.surface in DYEABLE else None
    light = {"window": "window", "leaves": "leaf shadow"}.get(scene.pattern, asked["shadow"])
    sharp = kind in ("floor", "wall")
    return {
        "id": number,
        "source": "studio",
        "scene": kind,
        "surface": scene.surface,
        "surface_color": surface_color,
        "wall": scene.wall,
        "wall_color": scene.wall_color,
        "accent": scene.accent,
        "pattern": scene.pattern,
        "scatter": scene.scatter if kind != "wall" else "none",
        "light_side": scene.light_side,
        "light": light,
        "elevation": round(scene.elevation, 1),
        "blur": "none" if sharp else "strong" if scene.wall in DISTANT else "soft",
        "product": good.kind if good else None,
        "product_color": good.color if good else None,
        "warmth": TEMPERATURES[asked["temperature"]],
        "brightness": MOODS[asked["mood"]],
        "split": split_of(scene.surface, surface_color, scene.wall_color),
    }


def render(number: int, goods: list[Good], target: Path) -> dict[str, Any]:
    """Renders and writes one record; its facts."""
    rng = random.Random(f"nano-studio-{number}")
    scene, good = _matching(number, goods, rng)
    asked = parameters_of(scene, rng)
    stand_in = rng.choice(goods)
    placed = _placed(good or stand_in, scene, there=good is not None)
    pictures = {"without": _pictured(number, scene, asked, _emptied(placed))}
    if good:
        behind = _pictured(number, scene, asked, placed).astype(np.float32)
        alpha = good.alpha[..., None]
        pictures["with"] = np.rint(behind * (1 - alpha) + good.rgb * alpha).astype(np.uint8)
    facts = facts_of(number, scene, asked, good)
    files = {f"{state}.webp": _webp(picture) for state, picture in pictures.items()}
    mask = good.alpha if good else np.zeros((SIDE, SIDE), np.float32)
    files["mask.png"] = region_png(np.rint(255 * mask).astype(np.uint8))
    write_files(target, files, facts)
    return facts


def _matching(number: int, goods: list[Good], rng: random.Random) -> tuple[Scene, Good | None]:
    """A scene, and a product that was rendered from about where this one is seen."""
    scene = draw(number)
    if scene.product is None:
        return scene, None
    above = scene.elevation > HORIZON_LIMIT
    fitting = [
        good
        for good in goods
        if good.hangs == (scene.scene == "wall") and (good.elevation > HORIZON_LIMIT) == above
    ]
    near = [good for good in fitting if abs(good.elevation - scene.elevation) < 6] or fitting
    if not near:
        return scene, None
    good = rng.choice(near)
    return dataclasses.replace(scene, elevation=good.elevation), good


def _placed(good: Good, scene: Scene, *, there: bool) -> PlacedProduct:
    rows, columns = np.nonzero(good.alpha > 0.02)
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    return PlacedProduct(
        rgb=good.rgb, alpha=good.alpha, box=box, scale=1.0, width_cm=max(scene.width_cm, 6.0)
    )


def _emptied(placed: PlacedProduct) -> PlacedProduct:
    """Its room, with nothing in it: the same camera sees the scene without any shadow."""
    return dataclasses.replace(
        placed, rgb=np.zeros_like(placed.rgb), alpha=np.zeros_like(placed.alpha)
    )


def _pictured(
    number: int, scene: Scene, asked: dict[str, Any], product: PlacedProduct
) -> np.ndarray:
    """(SIDE, SIDE, 3) uint8 sRGB of what the studio paints around ``product``."""
    support = "wall" if scene.scene == "wall" else "surface"
    request = GenerationRequest(
        task=Task.BACKGROUND,
        prompt="",
        seed=number,
        width=SIDE,
        height=SIDE,
        product=product,
        view=View(elevation=scene.elevation, support=support),
        parameters=asked,
        fixed=frozenset(asked),
    )
    engine = StudioEngine("studio", {})
    (picture,) = engine.generate(
        [request], on_progress=lambda _share: None, is_canceled=lambda: False
    )
    return np.rint(255 * picture.rgb).astype(np.uint8)


def _webp(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def work(asked: argparse.Namespace, which: int, started: float) -> None:
    """Renders every ``asked.processes``-th record."""
    if not settings.configured:
        settings.configure(USE_I18N=False)  # the studio words its remarks; no catalogue is needed
    goods = goods_of(load(asked.products, 1))
    if not goods:
        raise SystemExit("The packs hold no product to render with.")
    for number in range(asked.start + which, asked.start + asked.count, asked.processes):
        if time.time() - started > asked.seconds:
            return
        if not is_done(asked.out, number):
            render(number, goods, record_folder(asked.out, number))


def main() -> None:
    from prodimages.diffusion.training.data import studio_renders

    parser = argparse.ArgumentParser(description="Renders training records with the studio.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--products", type=Path, nargs="+", required=True, help="packs")
    parser.add_argument("--start", type=int, default=500_000)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no record after that")
    asked = parser.parse_args()
    started = time.time()
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=studio_renders.work, args=(asked, at, started))
        for at in range(asked.processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done = sum(1 for _path in asked.out.glob("[0-9]*/facts.json"))
    print(f"{done} records in {time.time() - started:.1f} s", flush=True)
    if any(worker.exitcode for worker in workers):
        raise SystemExit("A process failed; see above.")


if __name__ == "__main__":
    main()
