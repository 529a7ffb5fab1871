"""Paints again, with other seeds, what came out at fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from prodimages.diffusion import running
from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.callbacks import StepWatch
from prodimages.diffusion.enlarging import enlarged
from prodimages.diffusion.grown import MOST_SPILL
from prodimages.diffusion.tasks.registry import task_for
from prodimages.engines.hands import spread
from prodimages.exceptions import JobFailure

DEFAULT_RETRIES = 2
_NEXT_SEED = 0x9E3779B97F4A7C15  # odd, so that no two tries of one job's pictures meet
_SEEDS = 2**63


@dataclasses.dataclass(kw_only=True)
class Turn:
    """What one turn at the model gave."""

    revision: str
    dtype: torch.dtype
    device: str
    notices: Mapping[str, list[str]]
    """Prompt -> words for staff about what the model did not read of it."""
    pictures: list[running.Painted] = dataclasses.field(default_factory=list)


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
        self.turn: Turn | None = None
        """That of the best picture."""
        self._left = 1 + int(brief.request.parameters.get("retries", DEFAULT_RETRIES))

    @property
    def is_over(self) -> bool:
        return self.fault <= MOST_SPILL or self._left == 0

    def next_brief(self) -> Brief:
        """The same with the next seed; that of the request comes first."""
        return self.brief.with_seed((self.brief.seed + self.tries * _NEXT_SEED) % _SEEDS)

    def take(self, served: Served, brief: Brief, picture: running.Painted, turn: Turn) -> None:
        """Keep what was painted for ``brief`` if it is the best yet."""
        self.tries += 1
        self._left -= 1
        if isinstance(picture, JobFailure):
            self._left = 0
            self.failure = picture if self.picture is None else None
            return
        request = brief.request
        whole = enlarged(picture, (request.width, request.height))
        fault = task_for(served, request.task).fault(brief, whole, served)
        if fault < self.fault:
            self.picture, self.fault, self.seed, self.turn = whole, fault, brief.seed, turn


def paint_until_good(
    served: Served,
    briefs: Sequence[Brief],
    watch: StepWatch,
    take_turn: Callable[[Sequence[Brief], StepWatch], Turn],
) -> list[Attempt]:
    """All briefs share their settings, and are painted together. Raises JobCanceled.

    Between two turns, while pictures are looked at, another batch may have the model.
    """
    attempts = [Attempt(brief) for brief in briefs]
    while waiting := [one for one in attempts if not one.is_over]:
        if waiting[0].tries:
            watch.more(len(waiting))
        asked = [one.next_brief() for one in waiting]
        turn = take_turn(asked, watch)

        def take(one: tuple[Attempt, Brief, running.Painted], turn: Turn = turn) -> None:
            attempt, brief, picture = one
            attempt.take(served, brief, picture, turn)

        spread(take, zip(waiting, asked, turn.pictures, strict=True))
    return attempts
