"""Paints again, with other seeds, what came out at fault."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from prodimages.diffusion import running
from prodimages.diffusion.brief import Brief
from prodimages.diffusion.callbacks import StepWatch
from prodimages.diffusion.grown import MOST_SPILL
from prodimages.diffusion.model import Model
from prodimages.diffusion.tasks.registry import task_for
from prodimages.exceptions import JobFailure

DEFAULT_RETRIES = 2
_NEXT_SEED = 0x9E3779B97F4A7C15  # odd, so that no two tries of one job's pictures meet
_SEEDS = 2**63


class Attempt:
    """The best picture so far for one brief."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.picture: np.ndarray | None = None
        """(H, W, 3) float32 0..1 in the picture's size."""
        self.failure: JobFailure | None = None
        self.fault = float("inf")
        self.seed = brief.seed
        self.tries = 0
        self._left = 1 + int(brief.request.parameters.get("retries", DEFAULT_RETRIES))

    @property
    def is_over(self) -> bool:
        return self.fault <= MOST_SPILL or self._left == 0

    def next_brief(self) -> Brief:
        """The same with the next seed; that of the request comes first."""
        return self.brief.with_seed((self.brief.seed + self.tries * _NEXT_SEED) % _SEEDS)

    def take(self, model: Model, brief: Brief, picture: running.Painted) -> None:
        """Keep what was painted for ``brief`` if it is the best yet."""
        self.tries += 1
        self._left -= 1
        if isinstance(picture, JobFailure):
            self._left = 0
            self.failure = picture if self.picture is None else None
            return
        request = brief.request
        whole = resized(picture, (request.width, request.height))
        fault = task_for(model, request.task).fault(brief, whole, model)
        if fault < self.fault:
            self.picture, self.fault, self.seed = whole, fault, brief.seed


def paint_until_good(model: Model, briefs: Sequence[Brief], watch: StepWatch) -> list[Attempt]:
    """All briefs share their settings, and are painted together. Raises JobCanceled."""
    attempts = [Attempt(brief) for brief in briefs]
    while waiting := [one for one in attempts if not one.is_over]:
        if waiting[0].tries:
            watch.more(len(waiting))
        asked = [one.next_brief() for one in waiting]
        painted = running.paint(model, asked, watch)
        for one, brief, picture in zip(waiting, asked, painted, strict=True):
            one.take(model, brief, picture)
    return attempts


def resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, 3) float32 0..1 -> (H, W, 3) float32 0..1, ``size`` = (W, H)."""
    if picture.shape[1::-1] == size:
        return picture
    bands = [
        np.asarray(Image.fromarray(picture[..., band]).resize(size, Image.Resampling.LANCZOS))
        for band in range(3)
    ]
    return np.stack(bands, axis=-1).clip(0, 1)
