"""Runs the steps of a batch of jobs that share an engine, a task and a size."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.engines import turns
from prodimages.exceptions import JobCanceled, JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.registry import get_step
from prodimages.pipeline.spec import PlannedStep

logger = logging.getLogger(__name__)

# Share of a job's progress that goes to the steps before its pictures.
_BEFORE = 0.3


class Watch(Protocol):
    """Told when a step begins and ends, to hold it to its deadline."""

    def begin_step(self, seconds: float) -> None: ...

    def end_step(self) -> None: ...

    def begin_turn(self, seconds: float) -> None:
        """The step that runs waited for the engine's device and has it now."""


class Run:
    """One job on its way through its steps."""

    def __init__(self, context: StepContext) -> None:
        self.context = context
        self.error: Exception | None = None
        self.timings: dict[str, float] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(step.name for step in self.context.plan.steps)

    def step(self, name: str) -> PlannedStep:
        return next(step for step in self.context.plan.steps if step.name == name)


def run_batch(
    contexts: Sequence[StepContext],
    watch: Watch,
    *,
    on_end: Callable[[int, Run], None],
) -> list[Run]:
    """Make the missing pictures of every job; one job's failure leaves its neighbours unharmed.

    Jobs that were planned before a chain got another step run apart from those with it.
    ``on_end(position, run)`` is called once for each job, as soon as it has ended.
    """
    runs = [Run(context) for context in contexts]
    chains: dict[tuple[str, ...], list[int]] = {}
    for position, run in enumerate(runs):
        chains.setdefault(run.names, []).append(position)
    for names, positions in chains.items():

        def on_end_of_mine(at: int, run: Run, positions: list[int] = positions) -> None:
            on_end(positions[at], run)

        _run_chain([runs[position] for position in positions], names, watch, on_end_of_mine)
    return runs


def _run_chain(
    runs: list[Run], names: Sequence[str], watch: Watch, on_end: Callable[[int, Run], None]
) -> None:
    """Run jobs whose steps have these names; they fail in words where one is not known here."""
    try:
        steps = [get_step(name) for name in names]
    except KeyError as error:
        for position, run in enumerate(runs):
            run.error = _of_another_version(error)
            on_end(position, run)
        return
    once = [step.name for step in steps if not step.each_picture]
    for position, name in enumerate(once):
        for run in runs:
            run.context.span = (_BEFORE * position / len(once), _BEFORE / len(once))
        _run_step(name, runs, watch)
    ended: set[int] = set()
    _tell(runs, ended, on_end, lambda run: run.error is not None)
    _run_pictures(runs, [step.name for step in steps if step.each_picture], watch)
    _tell(runs, ended, on_end, lambda run: True)


def _of_another_version(error: KeyError) -> JobFailure:
    message = _(
        "This job was planned by another version of prodimages: this worker has no step "
        "“%(name)s”. Update the workers and retry."
    )
    return JobFailure(FailureKind.UNAVAILABLE, message % {"name": error.args[0]})


def _tell(
    runs: list[Run],
    ended: set[int],
    on_end: Callable[[int, Run], None],
    is_over: Callable[[Run], bool],
) -> None:
    for position, run in enumerate(runs):
        if position not in ended and is_over(run):
            ended.add(position)
            on_end(position, run)


def _run_pictures(runs: list[Run], names: Sequence[str], watch: Watch) -> None:
    """The per-picture steps, for as many pictures at a time as the engine takes."""
    wanted = {id(run): run.context.pictures.missing_indexes() for run in runs if not run.error}
    total = {key: max(len(indexes), 1) for key, indexes in wanted.items()}
    while chunk := _next_chunk(runs, wanted):
        for position, name in enumerate(names):
            for run in chunk:
                making, left = len(run.context.indexes), len(wanted[id(run)])
                each = (1 - _BEFORE) / total[id(run)]
                begin = 1 - each * (left + making)
                length = each * making / len(names)
                run.context.span = (begin + length * position, length)
            _run_step(name, chunk, watch)


def _next_chunk(runs: list[Run], wanted: dict[int, list[int]]) -> list[Run]:
    """Hand out as many of the wanted pictures as one call of the engine takes."""
    room = max(runs[0].context.engine.max_batch, 1)
    chunk = []
    for run in runs:
        mine = wanted.get(id(run), [])
        if run.error is None and mine and room:
            run.context.indexes, wanted[id(run)] = mine[:room], mine[room:]
            room -= len(run.context.indexes)
            chunk.append(run)
    return chunk


def _run_step(name: str, runs: Sequence[Run], watch: Watch) -> None:
    alive = [run for run in runs if run.error is None]
    for run in alive:
        run.context.stage = name
        run.context.advance(0.0)
        if run.context.is_canceled():
            run.error = JobCanceled()
    alive = [run for run in alive if run.error is None]
    if not alive:
        return
    step = get_step(name)
    seconds = step.deadline * len(alive)
    watch.begin_step(seconds)
    started = time.perf_counter()
    try:
        with turns.heard(
            on_wait=lambda: watch.begin_step((1 + turns.MOST_BEFORE) * seconds),
            on_turn=lambda: watch.begin_turn(seconds),
        ):
            errors = step.run_batch(
                [run.context for run in alive], [run.step(name).parameters for run in alive]
            )
    except Exception as error:  # the step failed for all that it was given together
        errors = [error] * len(alive)
    finally:
        watch.end_step()
    each = (time.perf_counter() - started) / len(alive)
    for run, failed in zip(alive, errors, strict=True):
        run.error = failed
        run.timings[name] = round(run.timings.get(name, 0.0) + each, 4)
