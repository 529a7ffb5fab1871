"""Whole jobs on a graphics card, from the claim to the stored picture."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import override_settings
from PIL import Image, ImageDraw, ImageFilter

from prodimages.choices import JobState, Source, Task
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.models import GenerationJob, Style
from prodimages.services import execution
from prodimages.services.submission import Order, submit
from shop_integration.catalogue.models import Product, ProductMedia

PHOTO_SIDE = 1600
QUEUE = ["prodimages"]
PROMPT = "on an oak table before a plaster wall, soft light from a window on the left"


class Serial(DiffusersEngine):
    """One job after another, as if nothing could overlap."""

    overlaps = False


class Overlapping(DiffusersEngine):
    """Also on a machine without a card, to try the benchmark out."""

    overlaps = True


def settings_for(engine: type[DiffusersEngine], options: dict[str, Any]) -> override_settings:
    declared = {
        "studio": {"BACKEND": "prodimages.engines.studio.StudioEngine"},
        "card": {"BACKEND": f"{engine.__module__}.{engine.__name__}", "OPTIONS": options},
    }
    return override_settings(
        PRODIMAGES={
            "SHOPS": {"local": {"BACKEND": "shop_integration.catalogue.shop.CatalogueShop"}},
            "ENGINES": declared,
            "CUTOUT": {"BACKEND": "tests.testapp.cutouts.DarkIsProduct", "OPTIONS": {}},
            "ENLARGER": None,
            "PROOF_OVER": 0,
        }
    )


def products(count: int) -> list[Product]:
    """Each with a photo of its own."""
    made = []
    for number in range(count):
        product = Product.objects.create(
            sku=f"CUP-{number}",
            slug=f"cup-{number}",
            name=f"Cup {number}",
            category="kitchen/cups",
            width_cm=12,
        )
        file = ContentFile(photo(number), name=f"cup-{number}.jpg")
        ProductMedia.objects.create(product=product, file=file, kind="photo")
        made.append(product)
    return made


def photo(number: int) -> bytes:
    """A dark, glazed cup on a light ground, with the grain of a sensor: a JPEG of 1600 px."""
    side, random = PHOTO_SIDE, np.random.default_rng(number)
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle((500, 560, 1050, 1240), radius=120, fill=255)
    draw.ellipse((960, 700, 1240, 1060), outline=255, width=60)
    inside = np.asarray(mask.filter(ImageFilter.GaussianBlur(1.5)), np.float32)[..., None] / 255
    light = np.linspace(1.25, 0.65, side)[None, :, None]
    glaze = np.array([28 + 9 * number % 50, 52, 66 - 7 * number % 40]) * light
    picture = inside * glaze + (1 - inside) * np.array([226, 225, 222])
    picture = picture + random.normal(0, 2.0, (side, side, 3))
    out = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=93)
    return out.getvalue()


def style_for(engine: str, size: int) -> Style:
    return Style.objects.create(
        slug=f"{engine}-{size}",
        name=f"{engine} {size}",
        task=Task.BACKGROUND,
        engine=engine,
        prompt=PROMPT,
        size=size,
        parameters={} if engine == "studio" else {"retries": 0},
    )


def order(style: Style, goods: Sequence[Product], count: int, seed: int = 1) -> list[int]:
    """Keys of ``count`` jobs of one picture each, in turn over the products."""
    keys: list[int] = []
    while len(keys) < count:
        receipt = submit(
            Order(
                products=list(goods[: count - len(keys)]),
                style=style,
                seed=seed + len(keys),
                source=Source.COMMAND,
                client="card",
            )
        )
        keys += receipt.submission.jobs.order_by("pk").values_list("pk", flat=True)
    return keys


def work(seconds: float) -> float:
    """Run jobs until none is left, or none is begun after so many seconds; what it took."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds and execution.run_next(QUEUE):
        pass
    return time.perf_counter() - began


def withdraw() -> None:
    """Leave nothing behind for the next part."""
    try:
        GenerationJob.objects.filter(state=JobState.QUEUED).update(state=JobState.CANCELED)
    finally:
        connection.close()  # a timer's thread calls this, too


def ended(keys: Sequence[int]) -> list[GenerationJob]:
    """Those that succeeded, in the order of their ends. Raises RuntimeError for a failure."""
    jobs = GenerationJob.objects.filter(pk__in=keys)
    if failed := jobs.filter(state=JobState.FAILED).first():
        raise RuntimeError(failed.error)
    return list(jobs.filter(state=JobState.SUCCEEDED).order_by("ended_at"))


def pace(jobs: Sequence[GenerationJob], skipped: int) -> tuple[float, float, float]:
    """Pictures a second after the first ``skipped`` jobs, and when that time began and ended."""
    begin, end = jobs[skipped - 1].ended_at, jobs[-1].ended_at
    assert begin is not None
    assert end is not None
    seconds = (end - begin).total_seconds()
    return (len(jobs) - skipped) / seconds, begin.timestamp(), end.timestamp()


def seconds_of(jobs: Sequence[GenerationJob]) -> dict[str, float]:
    """Median seconds by step."""
    timings = [job.attempts.get().timings for job in jobs]
    return {name: statistics.median(timing[name] for timing in timings) for name in timings[0]}


def steps_of(jobs: Sequence[GenerationJob]) -> str:
    return ", ".join(f"{name} {seconds:.3f}" for name, seconds in seconds_of(jobs).items())


def store_cutouts(goods: Sequence[Product]) -> None:
    """By quick jobs of the studio, so that those that are measured find them."""
    keys = order(style_for("studio", 256), goods, len(goods))
    work(300)
    if len(ended(keys)) < len(goods):
        raise RuntimeError("The cut-outs could not be made.")
