"""A picture from claim to finished job, by a worker that has just made another."""

from __future__ import annotations

import io
import statistics
from collections.abc import Iterable

from django.core.management.base import CommandError
from PIL import Image

from benchmarks.photos import coffee, photographed_product
from benchmarks.result import Row, Seconds, median_row, timed
from prodimages.choices import JobState, Source, Task
from prodimages.models import Cutout, GenerationJob, Style
from prodimages.services import execution
from prodimages.services.submission import Order, submit
from prodimages.storage import private_storage
from shop_integration.catalogue.models import Product

SIZES = {1024: 1.2, 2048: 3.5}
"""Longest side in pixels, and the most seconds that a background may take there."""


def measure(runs: int) -> list[Row]:
    product = photographed_product()
    table = Style.objects.get(slug="marble-table")
    make(product, table, 1024)  # loads the libraries and the weights
    rows = [_cutout(product, table, runs)]
    for size, target in SIZES.items():
        rows += _backgrounds(product, size, target, runs)
        rows.append(_packshot(product, size, runs))
    return rows


def make(product: Product, style: Style, size: int) -> tuple[GenerationJob, Seconds]:
    """One job, submitted and then run in this process; the time is that of the run."""
    order = Order(
        products=[product], style=style, size=size, seed=7, source=Source.COMMAND, client="pictures"
    )
    job = submit(order).submission.jobs.get()
    seconds = timed(lambda: execution.run_next([job.queue]))
    job.refresh_from_db()
    if job.state != JobState.SUCCEEDED:
        raise CommandError(f"{style.name} at {size} px: {job.error}")
    return job, seconds


def steps_of(jobs: Iterable[GenerationJob]) -> str:
    """Median seconds by step, as words."""
    timings = [job.attempts.get().timings for job in jobs]
    return ", ".join(
        f"{name} {statistics.median(timing[name] for timing in timings):.2f}" for name in timings[0]
    )


def _cutout(product: Product, style: Style, runs: int) -> Row:
    """The cut-out step alone, each time as for a photo that was never seen."""
    samples = []
    for _run in range(runs + 2):
        Cutout.objects.all().delete()
        job, whole = make(product, style, 1024)
        share = job.attempts.get().timings["cutout"]
        samples.append(Seconds(share, share * whole.processor / whole.wall))
    return median_row(
        "cut-out of a 1600 px photo, warm",
        samples,
        target=2.5,
        note="the step as a worker runs it: network, refinement, colors of the rim, "
        "alpha stored and read again; its processor time is estimated from the job's",
    )


def _backgrounds(product: Product, size: int, target: float, runs: int) -> list[Row]:
    """Every shipped scene; the median over all of them, and the slowest one's."""
    styles = Style.objects.filter(shop="local", task=Task.BACKGROUND)
    made = {style: [make(product, style, size) for _run in range(runs)] for style in styles}
    jobs = [job for results in made.values() for job, _seconds in results]
    samples = {style: [seconds for _job, seconds in made[style]] for style in made}
    slowest = max(made, key=lambda s: statistics.median(taken.wall for taken in samples[s]))
    plain = [timed(lambda: _paste(size)) for _run in range(max(runs, 3))]
    return [
        median_row(
            f"background from a stored cut-out, {size} px",
            [seconds for of_style in samples.values() for seconds in of_style],
            target=target,
            baseline=plain,
            baseline_is="Pillow pastes the stored cut-out on a plain canvas",
            note=f"{len(made)} scenes, claim to finished job; by step: {steps_of(jobs)}",
        ),
        median_row(
            f"the slowest scene at {size} px ({slowest.slug})",
            samples[slowest],
            target=target,
            note=f"by step: {steps_of(job for job, _seconds in made[slowest])}",
        ),
    ]


def _packshot(product: Product, size: int, runs: int) -> Row:
    style = Style.objects.get(shop="local", slug="white-packshot")
    made = [make(product, style, size) for _run in range(runs + 2)]
    return median_row(
        f"white packshot from a stored cut-out, {size} px",
        [seconds for _job, seconds in made],
        note=f"by step: {steps_of(job for job, _seconds in made)}",
    )


def _paste(size: int) -> bytes:
    """The least that could pass for the job: no shadow, no scene, no check, no mark."""
    with private_storage().open(Cutout.objects.get().file.name) as file:
        alpha = Image.open(file).convert("L")
    photo = Image.open(io.BytesIO(coffee())).convert("RGB")
    photo.putalpha(alpha)
    photo.thumbnail((size, size), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (size, size), "#d8d4cc")
    canvas.paste(photo, ((size - photo.width) // 2, (size - photo.height) // 2), photo)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=92)
    return out.getvalue()
