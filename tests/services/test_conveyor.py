"""Batches that overlap: what is gained, and that no law of the queue is bent by it."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from prodimages.choices import AttemptOutcome, FailureKind, JobState
from prodimages.engines import turns
from prodimages.models import GenerationAttempt, GenerationJob
from prodimages.pipeline.registry import get_step
from prodimages.services import conveyor, execution, queue
from tests.factories import make_job, make_product, make_style
from tests.services.running import QUEUES
from tests.testapp.engines import FlatEngine, OverlappingEngine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("overlapping")]


@pytest.fixture
def overlapping(flat, settings, monkeypatch):
    """An engine that paints two pictures at a time while other batches go on."""

    def declare(**options) -> None:
        given = {"MAX_BATCH": 2, "SECONDS": 0.05} | options
        engine = {"BACKEND": "tests.testapp.engines.OverlappingEngine", "OPTIONS": given}
        settings.PRODIMAGES = flat | {"ENGINES": {"flat": engine}}

    declare()
    monkeypatch.setattr(conveyor, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(OverlappingEngine, "inside", [])
    return declare


@pytest.fixture
def jobs():
    product, style = make_product(), make_style()
    return [make_job(product, style, seed=seed) for seed in range(6)]


def states(jobs) -> list[str]:
    return [GenerationJob.objects.get(pk=job.pk).state for job in jobs]


def once(monkeypatch, name: str, count: int = 4) -> list[threading.Event]:
    """One event for each batch, set as its step ``name`` begins."""
    begun = [threading.Event() for _batch in range(count)]
    numbers = iter(range(count))
    kind = type(get_step(name))
    run = kind.run_batch

    def watched(self, contexts, parameters):
        begun[next(numbers)].set()
        return run(self, contexts, parameters)

    monkeypatch.setattr(kind, "run_batch", watched)
    return begun


def while_painting(monkeypatch, number: int, wait) -> list[bool]:
    """What ``wait`` says while batch ``number`` has the device."""
    said: list[bool] = []
    numbers = itertools.count()
    original = FlatEngine.generate

    def generate(self, requests, **callbacks):
        if next(numbers) == number:
            said.append(wait())
        return original(self, requests, **callbacks)

    monkeypatch.setattr(FlatEngine, "generate", generate)
    return said


def test_one_wake_up_runs_all_batches_that_come_one_after_another(jobs):
    assert execution.run_next(QUEUES) == 6
    assert states(jobs) == [JobState.SUCCEEDED] * 6
    assert GenerationAttempt.objects.count() == 6


def test_the_next_batch_is_prepared_while_one_is_painted(jobs, monkeypatch):
    begun = once(monkeypatch, "prepare")
    said = while_painting(monkeypatch, 0, lambda: begun[1].wait(30))
    execution.run_next(QUEUES)
    assert said == [True]


def test_the_last_batch_is_stored_while_the_next_is_painted(jobs, monkeypatch):
    begun = once(monkeypatch, "store")
    said = while_painting(monkeypatch, 1, lambda: begun[0].wait(30))
    execution.run_next(QUEUES)
    assert said == [True]


def test_two_batches_are_prepared_while_one_is_painted(jobs, monkeypatch):
    begun = once(monkeypatch, "prepare")
    said = while_painting(monkeypatch, 0, lambda: begun[1].wait(30) and begun[2].wait(30))
    execution.run_next(QUEUES)
    assert said == [True]


def test_a_third_batch_ahead_stays_in_the_queue(overlapping, monkeypatch):
    overlapping(MAX_BATCH=1)
    product, style = make_product(), make_style()
    for seed in range(6):
        make_job(product, style, seed=seed)
    begun = once(monkeypatch, "prepare", count=6)
    seen = []

    def look() -> bool:
        ahead = begun[1].wait(30) and begun[2].wait(30)
        time.sleep(0.3)
        seen.append(GenerationJob.objects.filter(state=JobState.RUNNING).count())
        return ahead

    assert while_painting(monkeypatch, 0, look) == []
    execution.run_next(QUEUES)
    assert seen == [1 + conveyor.AHEAD]


def test_a_job_that_a_crash_returned_runs_with_nothing_beside_it(jobs, monkeypatch):
    GenerationJob.objects.filter(pk=jobs[4].pk).update(run_alone=True)
    together = []
    original = queue.end

    def end(held, *args, **kwargs):
        if held.job.pk == jobs[4].pk:
            running = GenerationJob.objects.filter(state=JobState.RUNNING)
            together.extend(running.values_list("pk", flat=True))
        return original(held, *args, **kwargs)

    monkeypatch.setattr(queue, "end", end)
    while execution.run_next(QUEUES):
        pass
    assert together == [jobs[4].pk]
    assert states(jobs) == [JobState.SUCCEEDED] * 6


def test_a_job_that_fails_leaves_the_other_batches_unharmed(jobs):
    bad = make_job(style=make_style(parameters={"fail": str(FailureKind.ENGINE)}))
    while execution.run_next(QUEUES):
        pass
    assert states([bad]) == [JobState.FAILED]
    assert states(jobs) == [JobState.SUCCEEDED] * 6


def test_a_cancel_reaches_the_batch_that_it_means(jobs, overlapping):
    overlapping(SECONDS=0.8)
    thread = threading.Timer(
        0.4, lambda: GenerationJob.objects.filter(pk=jobs[0].pk).update(cancel_requested=True)
    )
    thread.start()
    execution.run_next(QUEUES)
    thread.join()
    assert states(jobs) == [JobState.CANCELED, *[JobState.SUCCEEDED] * 5]


def test_a_wait_may_last_as_long_as_all_that_overlap():
    assert turns.MOST_BEFORE >= conveyor.MOST - 1


def test_what_waits_for_its_turn_is_not_taken_for_hung(jobs, overlapping, monkeypatch):
    overlapping(SECONDS=2.0)
    # For each of two jobs: more than a batch paints, less than the last one waits.
    monkeypatch.setattr(get_step("generate").__class__, "deadline", 1.4)
    hung = []
    execution.run_next(QUEUES, on_hang=lambda: hung.append(1))
    assert hung == []
    assert states(jobs) == [JobState.SUCCEEDED] * 6


def test_the_neighbors_of_a_batch_that_hangs_go_back_uncharged(monkeypatch, overlapping):
    monkeypatch.setattr(get_step("generate").__class__, "deadline", 0.5)
    monkeypatch.setattr(conveyor, "AHEAD", 1)  # so that the one that hangs has its turn first
    hanging = make_job(style=make_style(parameters={"hang": True}))
    behind = make_job()
    released = threading.Event()
    monkeypatch.setattr(OverlappingEngine, "released", released)
    overlapping(MAX_BATCH=1)
    execution.run_next(QUEUES, on_hang=released.set)
    first, second = (GenerationJob.objects.get(pk=job.pk) for job in (hanging, behind))
    assert (first.state, first.error_kind) == (JobState.FAILED, FailureKind.TIMEOUT)
    outcomes = set(second.attempts.values_list("outcome", flat=True))
    assert AttemptOutcome.RETURNED in outcomes
    assert not second.run_alone


def test_a_stint_ends_though_more_is_there(jobs, monkeypatch):
    monkeypatch.setattr(conveyor, "STINT_SECONDS", 0.0)
    assert execution.run_next(QUEUES) == 2
    assert states(jobs).count(JobState.SUCCEEDED) == 2


def test_an_engine_that_does_not_overlap_runs_one_batch_a_wake_up(jobs, monkeypatch):
    monkeypatch.setattr(OverlappingEngine, "overlaps", False)
    assert execution.run_next(QUEUES) == 2
    assert set(OverlappingEngine.inside) == {1}
