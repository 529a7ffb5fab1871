from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from prodimages.choices import AttemptOutcome, FailureKind, JobState
from prodimages.models import GenerationJob
from prodimages.pipeline.registry import get_step
from prodimages.services import execution, lifecycle, photos, queue
from prodimages.services.keeper import LeaseKeeper
from tests.factories import make_job, make_style
from tests.services.running import QUEUES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


def eventually(condition, *, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def held_jobs(count: int = 1) -> list[queue.Held]:
    style = make_style()
    for _number in range(count):
        make_job(style=style)
    return queue.claim("one", QUEUES, limit=count)


def state_of(item: queue.Held) -> str:
    return GenerationJob.objects.get(pk=item.job.pk).state


def test_a_lease_is_renewed_for_as_long_as_the_work_takes(flat, settings):
    settings.PRODIMAGES = flat | {"LEASE_SECONDS": 1.2}
    held = held_jobs()
    first = GenerationJob.objects.get().lease_expires_at
    with LeaseKeeper(held):
        assert eventually(
            lambda: GenerationJob.objects.get().lease_expires_at > first + timedelta(seconds=1.2)
        )
        assert queue.claim("two", QUEUES) == []
    assert eventually(lambda: queue.claim("two", QUEUES))


def test_progress_is_written_a_few_times_a_second_at_most(monkeypatch):
    (item,) = held_jobs()
    writes = []
    write = LeaseKeeper._write_progress
    monkeypatch.setattr(
        LeaseKeeper, "_write_progress", lambda self: (writes.append(1), write(self))
    )
    with LeaseKeeper([item]) as keeper:
        until = time.monotonic() + 1.3
        while time.monotonic() < until:
            keeper.report(item.job.pk, "generate", time.monotonic() % 1)
        keeper.report(item.job.pk, "compose", 0.75)
        assert eventually(lambda: GenerationJob.objects.get().stage == "compose")
    assert GenerationJob.objects.get().progress == 0.75
    assert len(writes) <= 5


def test_a_cancel_reaches_the_work():
    (item,) = held_jobs()
    with LeaseKeeper([item]) as keeper:
        assert not keeper.is_canceled(item.job.pk)
        lifecycle.cancel(item.job)
        assert eventually(lambda: keeper.is_canceled(item.job.pk))


def test_work_stops_when_another_worker_has_taken_the_job(flat, settings):
    settings.PRODIMAGES = flat | {"LEASE_SECONDS": 1}
    (item,) = held_jobs()
    past = timezone.now() - timedelta(seconds=1)
    GenerationJob.objects.update(lease_expires_at=past)
    queue.claim("two", QUEUES)
    with LeaseKeeper([item]) as keeper:
        assert eventually(lambda: keeper.is_canceled(item.job.pk))


def test_a_database_that_stumbles_does_not_stop_the_keeper(monkeypatch):
    (item,) = held_jobs()
    stumbles = []
    write = LeaseKeeper._write_progress

    def stumble(self):
        if not stumbles:
            stumbles.append(1)
            raise OperationalError("gone")
        write(self)

    monkeypatch.setattr(LeaseKeeper, "_write_progress", stumble)
    with LeaseKeeper([item]) as keeper:
        keeper.report(item.job.pk, "generate", 0.5)
        assert eventually(lambda: GenerationJob.objects.get().progress == 0.5)
    assert stumbles


def test_a_hung_step_fails_its_job_and_ends_the_process(ended):
    (item,) = held_jobs()
    hung = []
    with LeaseKeeper([item], on_hang=lambda: hung.append(state_of(item))) as keeper:
        keeper.report(item.job.pk, "generate", 0.5)
        keeper.begin_step(0.1)
        assert eventually(lambda: hung)
    # The job was failed before the process was ended, or nobody would have been told.
    assert hung == [JobState.FAILED]
    job = GenerationJob.objects.get()
    assert job.error_kind == FailureKind.TIMEOUT
    assert "“generate” took too long" in job.error
    assert ended == [(job.pk, JobState.FAILED)]


def test_a_step_that_ends_in_time_is_left_alone():
    (item,) = held_jobs()
    hung = []
    with LeaseKeeper([item], on_hang=lambda: hung.append(1)) as keeper:
        keeper.begin_step(0.3)
        keeper.end_step()
        time.sleep(1.2)
    assert (hung, state_of(item)) == ([], JobState.RUNNING)


def test_jobs_that_hung_together_run_again_one_by_one():
    held = held_jobs(2)
    hung = []
    with LeaseKeeper(held, on_hang=lambda: hung.append(1)) as keeper:
        keeper.begin_step(0.1)
        assert eventually(lambda: hung)
    rows = GenerationJob.objects.values_list("state", "run_alone", "error_kind")
    assert set(rows) == {(JobState.QUEUED, True, FailureKind.TIMEOUT)}
    assert len(queue.claim("two", QUEUES, limit=2)) == 1


def test_a_hang_is_written_down_when_the_database_is_back(monkeypatch):
    (item,) = held_jobs()
    stumbles, hung = [], []
    end = queue.end

    def stumble(*args, **kwargs):
        if not stumbles:
            stumbles.append(1)
            raise OperationalError("gone")
        end(*args, **kwargs)

    monkeypatch.setattr(queue, "end", stumble)
    with LeaseKeeper([item], on_hang=lambda: hung.append(state_of(item))) as keeper:
        keeper.begin_step(0.1)
        assert eventually(lambda: hung)
    assert (stumbles, hung) == ([1], [JobState.FAILED])


def test_a_hung_step_that_wakes_up_later_writes_nothing(flat, settings, monkeypatch):
    # A second and more for the quick steps, so that a busy machine hangs in none of them.
    settings.PRODIMAGES = flat | {"STEP_DEADLINE_SCALE": 0.01}
    job = make_job(style=make_style(parameters={"sleep": 5}))
    hung = []
    execution.run_next(QUEUES, on_hang=lambda: hung.append(1))
    job.refresh_from_db()
    assert hung == [1]
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.TIMEOUT)
    assert job.attempts.get().outcome == AttemptOutcome.FAILED
    assert not job.images.exists()


def test_a_shop_that_never_gives_the_photo_is_held_to_a_deadline(flat, settings, monkeypatch):
    settings.PRODIMAGES = flat | {"STEP_DEADLINE_SCALE": 0.01}
    job = make_job()
    hung = []
    monkeypatch.setattr(photos, "read_photo", lambda *args, **kwargs: time.sleep(2))
    execution.run_next(QUEUES, on_hang=lambda: hung.append(1))
    job.refresh_from_db()
    assert hung == [1]
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.TIMEOUT)
    assert "“photo”" in job.error


def test_every_step_has_a_deadline():
    job = make_job()
    for step in job.plan["steps"]:
        # The longest is a trained network's on a processor.
        assert 0 < get_step(step["name"]).deadline <= 1800
