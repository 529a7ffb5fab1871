"""Whole jobs, from the claim to the stored picture: one after another, and as a worker does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.card import jobs
from benchmarks.card.state import State
from benchmarks.card.watch import CardWatch
from prodimages.diffusion import running
from prodimages.engines.diffusers import DiffusersEngine

TARGET = 1.8
_SPENT = 8
"""Jobs at the start of a run that don't count."""

Turns = list[tuple[float, float]]


def serial(state: State) -> None:
    with jobs.settings_for(jobs.Serial, state.options()), state.uncompiled():
        keys = jobs.order(state.style, state.goods, 12, seed=1000)
        jobs.work(state.asked.serial)
        jobs.withdraw()
        done = jobs.ended(keys)
    state.plain_job, _begin, _end = jobs.pace(done, 1)
    taken = jobs.seconds_of(done[1:])
    after = sum(taken[name] for name in ("compose", "mark", "store"))
    state.bare_job = 1 / (state.plain_pipeline + after) if state.plain_pipeline else 0.0
    state.report.row(
        "jobs one after another, plain pipeline",
        state.plain_job,
        "pictures/s",
        note=f"{len(done) - 1} jobs; seconds by step: {jobs.steps_of(done[1:])}",
    )
    state.report.facts["load after the serial jobs"] = os.getloadavg()[0]


def overlapping(state: State) -> None:
    _measure(state, "as a worker makes them, not compiled", seconds=state.asked.short)


def overlapping_compiled(state: State) -> None:
    """Leaves the last parts their time, but takes no less than is worth it."""
    seconds = max(12.0, min(state.asked.stint, state.report.left - state.asked.spare))
    how = "compiled" if state.is_compiled else "not compiled"
    _measure(state, f"as a worker makes them, {how}", seconds=seconds)


def _measure(state: State, what: str, *, seconds: float) -> None:
    engine = jobs.Overlapping if state.is_tiny else DiffusersEngine
    watch = CardWatch(state.asked.out / f"watch-{what.split()[-1]}.jsonl")
    options = state.options(MAX_BATCH=state.batch, ATTENTION="auto")
    with _turns(state.report.say) as turns:
        with watch, jobs.settings_for(engine, options):
            keys = jobs.order(state.style, state.goods, state.asked.jobs, seed=5000)
            clock = threading.Timer(seconds, jobs.withdraw)
            clock.start()
            jobs.work(seconds)
            clock.cancel()
            clock.join()
            jobs.withdraw()
            time.sleep(0.3)
        state.memory("after these jobs")
        done = jobs.ended(keys)
    _tell(state, what, done, turns, watch)


@contextmanager
def _turns(say: Callable[[str], None]) -> Iterator[Turns]:
    """When each turn at the pipeline began, and when its pictures were there, by ``time.time()``;
    the next one begins before that.
    """
    found: Turns = []
    begun: dict[int, float] = {}
    paint, taken = running.paint, running.taken

    def beginning(*args: Any) -> Any:
        began = time.time()
        coming = paint(*args)
        begun[id(coming)] = began
        return coming

    def ending(coming: Any) -> Any:
        try:
            return taken(coming)
        finally:
            found.append((begun.pop(id(coming)), time.time()))
            say(f"  turn {len(found)}: {found[-1][1] - found[-1][0]:.3f} s")

    running.paint, running.taken = beginning, ending
    try:
        yield found
    finally:
        running.paint, running.taken = paint, taken


def _covered(turns: Turns) -> float:
    """Seconds in which at least one of them ran."""
    covered, until = 0.0, float("-inf")
    for start, stop in sorted(turns):
        covered += max(0.0, stop - max(start, until))
        until = max(until, stop)
    return covered


def _tell(state: State, what: str, done: list[Any], turns: Turns, watch: CardWatch) -> None:
    skipped = min(_SPENT, len(done) // 2)
    rate, begin, end = jobs.pace(done, skipped)
    steps = jobs.steps_of(done[skipped:])
    note = f"{len(done) - skipped} jobs after {skipped}, batches of {state.batch}; by step: {steps}"
    _tell_pace(state, what, rate, note)
    # The end of the last batch has nothing left to overlap with: until its last turn.
    last = max((stop for _start, stop in turns), default=end)
    if busy := watch.between(begin, last):
        state.report.row(
            "card busy over these jobs",
            busy["busy"],
            "%",
            target=90,
            higher_is_better=True,
            least=busy["least"],
            note=f"mean of {busy['samples']:.0f} readings of the driver",
        )
        state.report.row("memory of the card in use", busy["memory_gib"], "GiB")
    counted = [(max(start, begin), min(stop, last)) for start, stop in turns if stop > begin]
    inside = _covered(counted)
    state.report.row("share of the time in the pipeline", 100 * inside / (last - begin), "%")
    alone = sum(stop - start for start, stop in counted) / len(counted)
    state.report.facts[f"jobs {what}: turns"] = f"{len(counted)} of {alone:.3f} s on average"


def _tell_pace(state: State, what: str, rate: float, note: str) -> None:
    state.report.row(
        f"jobs {what}",
        rate,
        "pictures/s",
        target=TARGET * state.plain_job or None,
        higher_is_better=True,
        baseline=state.plain_job or None,
        baseline_is="jobs one after another, plain pipeline",
        note=note,
    )
    if state.plain_job:
        state.report.row(
            "times as fast as the serial job",
            rate / state.plain_job,
            "x",
            target=TARGET,
            higher_is_better=True,
        )
    if state.bare_job:
        state.report.row(
            "times as fast as plain pipeline, compose, encode and store alone",
            rate / state.bare_job,
            "x",
            note="without canvas, shadow, checks and reading of photos, which these jobs have",
        )
