"""The most memory that a real Celery worker ever holds."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from benchmarks.machine import parent_of, peak_mib
from benchmarks.photos import photographed_product
from benchmarks.result import Row
from prodimages.choices import JobState, Source
from prodimages.models import GenerationAttempt, GenerationJob, Style
from prodimages.services.submission import Order, submit
from shop_integration.demo.worker import DemoWorker

STYLES = ("white-packshot", "marble-table", "oak-table", "kitchen", "blush-podium", "seamless-gray")
SIZES = (1024, 2048)
_PATIENCE = 300


def measure(runs: int) -> list[Row]:
    """One worker makes a cut-out and then every style at both sizes; one run says it all."""
    product = photographed_product()
    with DemoWorker(Path(settings.VAR_DIR)) as worker:
        for size in SIZES:
            for slug in STYLES:
                submit(
                    Order(
                        products=[product],
                        style=Style.objects.get(slug=slug),
                        size=size,
                        source=Source.COMMAND,
                        client="memory",
                    )
                )
        _wait(worker)
        child = int(GenerationAttempt.objects.latest("pk").worker.rpartition(":")[2])
        working, parent = peak_mib(child), peak_mib(parent_of(child))
    if working is None or parent is None:
        raise CommandError("This system does not tell how much memory a process ever held.")
    return [
        Row(
            what="peak memory of a worker",
            value=working + parent,
            unit="MiB",
            target=1.2 * 1024,
            note=f"after a cut-out and {len(STYLES)} styles at {SIZES[0]} and {SIZES[1]} px: "
            f"{working:.0f} MiB in the process that works and {parent:.0f} MiB in its parent, "
            "pages that both share counted twice",
        )
    ]


def _wait(worker: DemoWorker) -> None:
    end = time.monotonic() + _PATIENCE
    while GenerationJob.objects.unfinished().exists():
        worker.must_be_alive()
        if time.monotonic() > end:
            raise CommandError(f"The jobs did not end within {_PATIENCE} seconds.")
        time.sleep(0.5)
    if failed := GenerationJob.objects.exclude(state=JobState.SUCCEEDED).first():
        raise CommandError(f"{failed}: {failed.error}")
