"""A graphics card on paper: how long would it wait for the processor?

``python -m benchmarks.card.paper`` needs no card. Jobs are worked on as a worker does, from the
claim to the stored picture; only what a card would do takes its time on a clock instead, in the
order and with the waits of diffusers' pipeline for klein. The processor asks it for about as many
operations as that pipeline does. What is told is how long the clock stood still since the card
had been asked for nothing.

A machine with a card has more cores than most that this runs on. ``--slower`` makes the card so
much slower that they keep up; a pause between two turns is as long for it as for a fast one.
"""

from __future__ import annotations

import argparse
import collections
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import benchmarks.card.project  # noqa: F401  (first)

# isort: split
import numpy as np
import torch
from django.core.management import call_command

from benchmarks.card import jobs
from prodimages.diffusion import arriving, running
from prodimages.diffusion.arriving import Arriving
from prodimages.diffusion.model import Model
from prodimages.diffusion.residency import of_this_process
from tests.diffusion import tiny

ENCODE, DECODE, STEP = 0.06, 0.10, 0.13
"""Seconds a picture of 1024 px on an NVIDIA H200, compiled, batches of 4 (docs/performance.md)."""
STEPS, BLOCKS, PIECES = 4, 25, 40
SIDE, BATCH = 1024, 4
_SKIPPED = 1
"""Turns at the start that don't count."""


class PaperCard:
    """Does one thing after another, each in the time that it is told."""

    def __init__(self, slower: float) -> None:
        self._slower = slower
        self.free_at = time.perf_counter()
        self.turns = 0
        self.busy = 0.0
        self.idle: dict[str, float] = collections.defaultdict(float)
        """Seconds by what it was asked for next."""

    def ask(self, what: str, seconds: float) -> None:
        now = time.perf_counter()
        if self.turns > _SKIPPED:
            self.idle[what] += max(0.0, now - self.free_at)
            self.busy += seconds * self._slower
        self.free_at = max(now, self.free_at) + seconds * self._slower

    def wait(self, until: float | None = None) -> None:
        """For all that it was asked, or until it gets to a place in its queue."""
        seconds = (self.free_at if until is None else until) - time.perf_counter()
        if seconds > 0:
            time.sleep(seconds)

    def mark(self) -> Any:
        place = self.free_at
        return SimpleNamespace(synchronize=lambda: self.wait(place))


def paint(card: PaperCard, given: dict[str, Any], pipeline: Any) -> torch.Tensor:
    """What a call of ``Flux2KleinInpaintPipeline`` asks of a card, and where it waits for it."""
    count = len(given["prompt"])
    card.turns += 1
    np.stack([np.asarray(picture) for picture in given["image"]]).copy()  # on their way to it
    card.wait()  # whether the pictures' numbers are those that it expects
    _operations(60)
    card.ask("encoder", ENCODE * count)
    for generator in given["generator"]:
        torch.randn(128, SIDE // 16, SIDE // 16, generator=generator)
    card.wait()  # noise comes from ordinary memory
    card.ask("noise", 0.002)
    pipeline._num_timesteps = STEPS
    for step in range(STEPS):
        for _block in range(BLOCKS):
            _operations(20)
            card.ask("denoiser", STEP * count / BLOCKS)
        for _number in range(4):  # the next time, and where in the schedule it is
            card.wait()
            _operations(3)
            card.ask("schedule", 0.0001)
        given["callback_on_step_end"](pipeline, step, None, {"latents": None})
    for _picture in range(count):  # its rows and columns
        card.wait()
        _operations(10)
    for _piece in range(PIECES):
        _operations(5)
        card.ask("decoder", DECODE * count / PIECES)
    return _PAINTED[:count]


_SMALL = torch.rand(64, 64)
_PAINTED = torch.nn.functional.interpolate(
    torch.rand(BATCH, 3, 32, 32), size=(SIDE, SIDE), mode="bicubic"
).clamp(0, 1)


def _operations(count: int) -> None:
    """As torch asks for them: each lets other threads have the interpreter for a moment."""
    numbers = _SMALL
    for _operation in range(count):
        numbers = numbers * 1.0001


def loader(card: PaperCard) -> Callable[..., Model]:
    """In the place of ``loading.load``."""

    def call(self: Any, **given: Any) -> Any:
        with _first_in_line():
            return SimpleNamespace(images=paint(card, given, self))

    made = tiny.flux2_klein()
    kind = type(type(made).__name__, (type(made),), {"__call__": call})

    def load(options: Any, *, make_room: Any = None) -> Model:
        pipeline = kind(**made.components, is_distilled=True)
        device, dtype = torch.device("cpu"), torch.float32
        return Model(pipeline, options, device=device, dtype=dtype, revision="paper")

    return load


@contextmanager
def _first_in_line() -> Iterator[None]:
    """This thread has a core whenever it wants one, as on a machine with many; else it would be
    told how busy these few are. Only root may.
    """
    may = os.geteuid() == 0
    thread = threading.get_native_id()
    if may:
        os.setpriority(os.PRIO_PROCESS, thread, -20)
    try:
        yield
    finally:
        if may:
            os.setpriority(os.PRIO_PROCESS, thread, 0)


def run(asked: argparse.Namespace, goods: Any, style: Any, *, hands_on: bool) -> PaperCard:
    card = PaperCard(asked.slower)

    def sent(images: torch.Tensor) -> list[Arriving]:
        rows = [image.permute(1, 2, 0).contiguous() for image in images]
        card.ask("copies", 0.006)
        if not hands_on:
            card.wait()
            running.is_blank(np.stack([row.numpy() for row in rows]))
        place = card.mark()
        return [Arriving(row, place) for row in rows]

    arriving.sent = sent  # type: ignore[assignment]
    arriving._mark = lambda device: card.mark()
    pace = _PACE(torch.device("cuda")) if hands_on else lambda: None
    arriving.pace = lambda device: pace
    of_this_process.expected = lambda options: 0
    of_this_process.load = loader(card)
    with jobs.settings_for(jobs.Overlapping, _OPTIONS):
        keys = jobs.order(style, goods, asked.jobs, seed=5000)
        jobs.work(3600)
        jobs.ended(keys)
        of_this_process._models.clear()
    return card


_PACE = arriving.pace
_OPTIONS = {
    "PRESET": "flux2-klein-4b",
    "PATH": "random",
    "STEPS": STEPS,
    "SIDES": [SIDE, SIDE],
    "DEVICE": "cpu",
    "MAX_BATCH": BATCH,
}


def tell(card: PaperCard, how: str) -> None:
    turns, idle = card.turns - _SKIPPED, sum(card.idle.values())
    print(f"{how}: busy {100 * card.busy / (card.busy + idle):.1f} % of the time", end="")
    print(f", {1000 * idle / turns:.0f} ms without work a turn, before", end=" ")
    parts = sorted(card.idle.items(), key=lambda part: -part[1])
    print(", ".join(f"{what} {1000 * seconds / turns:.1f}" for what, seconds in parts), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card.paper", description=__doc__)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--slower", type=float, default=2.0)
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    goods = jobs.products(4)
    with jobs.settings_for(jobs.Serial, _OPTIONS):
        jobs.store_cutouts(goods)
        style = jobs.style_for("card", SIDE)
    tell(run(asked, goods, style, hands_on=False), "the model held until pictures were looked at")
    tell(run(asked, goods, style, hands_on=True), "handed on once all is asked of the card")


if __name__ == "__main__":
    main()
