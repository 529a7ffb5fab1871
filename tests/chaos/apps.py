"""Lets a test stop a worker process at a chosen moment of a job.

While the file ``holds/<point>.hold`` is there, a process that comes to the point writes
its number to ``holds/<point>.reached`` and goes no further.
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

STEPS = (
    *("prepare", "cutout", "correct", "place"),
    *("generate", "compose", "fidelity", "mark", "store"),
)
POINTS = ("claimed", "photo", *STEPS, "writing", "written", "ending")


def hold(point: str) -> None:
    folder = Path(settings.VAR_DIR) / "holds"
    if (folder / f"{point}.hold").exists():
        (folder / f"{point}.pid").write_text(str(os.getpid()))
        (folder / f"{point}.pid").rename(folder / f"{point}.reached")
    while (folder / f"{point}.hold").exists():
        time.sleep(0.02)


def _hold_before(owner: object, name: str, point: str) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        hold(point)
        return original(*args, **kwargs)

    setattr(owner, name, wrapper)


class ChaosConfig(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        # Children are forked from here, and need not load these each time one is killed.
        import prodimages.cutouts.refinement.foreground
        import prodimages.cutouts.refinement.refine
        import prodimages.imaging.encode  # noqa: F401
        from prodimages import storage
        from prodimages.pipeline.registry import get_step
        from prodimages.services import execution, photos, queue
        from prodimages.services.sink import JobPictures

        for step in STEPS:
            _hold_before(get_step(step), "run_batch", step)
        _hold_before(execution, "_keep_what_fits", "claimed")
        _hold_before(photos, "read_photo", "photo")
        _hold_before(storage.os, "fsync", "writing")
        _hold_before(JobPictures, "_commit", "written")
        _hold_before(queue, "end", "ending")
