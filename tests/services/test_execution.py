from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone

from prodimages.choices import AttemptOutcome, FailureKind, JobState
from prodimages.exceptions import LeaseLost
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.pipeline.registry import get_step
from prodimages.services import execution, lifecycle, queue, wakeup
from prodimages.services.sink import JobPictures
from prodimages.storage import private_storage
from tests.concurrency import in_thread
from tests.factories import make_job, make_product, make_style
from tests.services.running import QUEUES, before, run, run_to_the_end

KEEPER_NOTICES = 1.2
"""Seconds, a little more than two ticks of the keeper."""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


@pytest.fixture
def batches(flat, settings):
    """An engine that takes four pictures at a time."""
    engine = flat["ENGINES"]["flat"] | {"OPTIONS": {"MAX_BATCH": 4}}
    settings.PRODIMAGES = flat | {"ENGINES": {"flat": engine}}


def failing(kind: FailureKind, *, retryable: bool = False):
    return make_style(parameters={"fail": str(kind), "retryable": retryable})


def test_a_job_runs_from_its_photo_to_its_pictures(ended):
    job = run(make_job(count=3))
    assert (job.state, job.made_count, job.progress) == (JobState.SUCCEEDED, 3, 1)
    assert [image.index for image in job.images.order_by("index")] == [0, 1, 2]
    assert len(set(job.images.values_list("digest", flat=True))) == 3
    for image in job.images.all():
        assert private_storage().size(image.file.name) > 0
        assert private_storage().size(image.thumbnail.name) > 0
    attempt = job.attempts.get()
    assert attempt.outcome == AttemptOutcome.SUCCEEDED
    assert set(attempt.timings) == {step["name"] for step in job.plan["steps"]}
    assert ended == [(job.pk, JobState.SUCCEEDED)]


def test_every_file_was_recorded_before_it_was_written(monkeypatch):
    job = make_job()
    recorded_too_late = []
    save = type(private_storage()).save

    def checked(self, name, content, **kwargs):
        files = job.attempts.get().files
        recorded_too_late.extend([name] if name not in files else [])
        return save(self, name, content, **kwargs)

    monkeypatch.setattr(type(private_storage()), "save", checked)
    run(job)
    assert job.images.exists()
    assert recorded_too_late == []


def test_nothing_to_do_is_no_error():
    assert execution.run_next(QUEUES) == 0


@pytest.mark.parametrize(
    "kind", [FailureKind.ENGINE, FailureKind.NO_PRODUCT, FailureKind.CHECK_CUTOUT]
)
def test_a_failure_that_will_not_pass_ends_the_job_in_words(kind, ended):
    job = run(make_job(style=failing(kind)))
    assert (job.state, job.error_kind) == (JobState.FAILED, kind)
    assert job.error == "The engine was told to fail."
    assert job.attempts.count() == 1
    assert ended == [(job.pk, JobState.FAILED)]


def test_a_failure_that_may_pass_is_tried_again_and_then_given_up():
    job = run_to_the_end(make_job(style=failing(FailureKind.ENGINE, retryable=True)))
    assert (job.state, job.attempts_made) == (JobState.FAILED, 3)
    assert list(job.attempts.values_list("outcome", flat=True)) == ["failed"] * 3


def test_each_retry_waits_twice_as_long(flat, settings):
    settings.PRODIMAGES = flat | {"RETRY_SECONDS": 100}
    job = make_job(style=failing(FailureKind.ENGINE, retryable=True))
    waits = []
    for _attempt in range(2):
        now = timezone.now()
        run(job)
        assert (job.state, job.error) == (JobState.QUEUED, "The engine was told to fail.")
        waits.append((job.due_at - now).total_seconds())
        GenerationJob.objects.update(due_at=now)
    assert waits == [pytest.approx(100, abs=5), pytest.approx(200, abs=5)]


@pytest.mark.parametrize(
    ("error", "kind", "words", "attempts"),
    [
        (RuntimeError("secret path"), FailureKind.INTERNAL, "RuntimeError", 1),
        (MemoryError(), FailureKind.ENGINE, "memory", 3),
        (OperationalError("gone"), FailureKind.INTERNAL, "database did not answer", 3),
    ],
)
def test_an_unforeseen_error_is_told_without_its_details(monkeypatch, error, kind, words, attempts):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(get_step("compose"), "run", fail)
    job = run_to_the_end(make_job())
    assert (job.state, job.error_kind, job.attempts_made) == (JobState.FAILED, kind, attempts)
    assert words in job.error
    assert "secret" not in job.error


def test_an_error_between_the_steps_loses_no_job(monkeypatch, batches):
    style = make_style()
    jobs = [make_job(style=style) for _number in range(2)]

    def fail(self):
        raise OperationalError("gone")

    monkeypatch.setattr(JobPictures, "missing_indexes", fail)
    run(jobs[0])
    for job in jobs:
        job.refresh_from_db()
        assert (job.state, job.attempts_made) == (JobState.QUEUED, 1)
        assert job.lease_expires_at is None


def test_a_connection_that_broke_is_replaced_to_write_down_the_end(monkeypatch):
    broken = []
    end = queue.end

    def end_after_a_restart(*args, **kwargs):
        if not broken:
            broken.append(True)
            raise OperationalError("the server closed the connection")
        return end(*args, **kwargs)

    monkeypatch.setattr(queue, "end", end_after_a_restart)
    assert run(make_job()).state == JobState.SUCCEEDED


def test_a_batch_runs_together_and_a_failure_leaves_the_neighbors_unharmed(monkeypatch, batches):
    style = make_style()
    bad_photo = make_product(photo=b"not a picture")
    jobs = [make_job(style=style), make_job(bad_photo, style), make_job(style=style)]
    sizes = []
    generate = get_step("generate")
    original = type(generate).run_batch

    def counted(contexts, parameters):
        sizes.append(len(contexts))
        return original(generate, contexts, parameters)

    monkeypatch.setattr(generate, "run_batch", counted)
    assert execution.run_next(QUEUES) == 3
    states = [GenerationJob.objects.get(pk=job.pk).state for job in jobs]
    assert states == [JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED]
    assert sizes == [2]


def test_what_is_over_the_engines_batch_goes_back_uncharged(flat, settings):
    engines = {
        "flat": flat["ENGINES"]["flat"],
        "wide": flat["ENGINES"]["flat"] | {"OPTIONS": {"MAX_BATCH": 4}},
    }
    settings.PRODIMAGES = flat | {"ENGINES": engines}
    style = make_style()
    jobs = [make_job(style=style) for _number in range(3)]
    assert execution.run_next(QUEUES) == 1
    rest = GenerationJob.objects.filter(pk__in=[job.pk for job in jobs[1:]])
    assert set(rest.values_list("state", "attempts_made")) == {(JobState.QUEUED, 0)}


def test_the_next_worker_is_woken_before_the_work_begins(monkeypatch):
    make_job()
    waiting = make_job()
    woken = []
    monkeypatch.setattr(
        wakeup, "wake", lambda name: woken.append((name, GeneratedImage.objects.count()))
    )
    execution.run_next(QUEUES)
    assert woken == [("prodimages", 0)]
    woken.clear()
    execution.run_next(QUEUES)
    waiting.refresh_from_db()
    assert (waiting.state, woken) == (JobState.SUCCEEDED, [])


def test_an_engine_that_is_gone_is_named(flat, settings):
    job = make_job()
    settings.PRODIMAGES = flat | {"ENGINES": {"other": flat["ENGINES"]["flat"]}}
    run(job)
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.UNAVAILABLE)
    assert "flat" in job.error


def test_an_engine_that_can_not_be_loaded_stops_no_other(flat, settings):
    engines = flat["ENGINES"] | {"broken": {"BACKEND": "tests.testapp.nowhere.Engine"}}
    job = make_job()
    settings.PRODIMAGES = flat | {"ENGINES": engines}
    assert run(job).state == JobState.SUCCEEDED


def test_a_canceled_job_stops_and_keeps_what_it_made(monkeypatch):
    job = make_job(count=2)
    monkeypatch.setattr(JobPictures, "save", _cancel_after_first(job, JobPictures.save))
    run(job)
    assert (job.state, job.error_kind, job.images.count()) == (JobState.CANCELED, "", 1)
    lifecycle.retry(job)
    run(job)
    assert (job.state, job.made_count, job.images.count()) == (JobState.SUCCEEDED, 2, 2)


def _cancel_after_first(job, save):
    def wrapped(self, index, *args, **kwargs):
        save(self, index, *args, **kwargs)
        if index == 0:
            lifecycle.cancel(GenerationJob.objects.get(pk=job.pk))
            time.sleep(KEEPER_NOTICES)

    return wrapped


def test_a_retry_makes_only_the_pictures_that_are_missing(monkeypatch):
    job = make_job(count=3)
    save = JobPictures.save

    def refuse_the_second(self, index, *args, **kwargs):
        if index == 1:
            raise RuntimeError
        save(self, index, *args, **kwargs)

    monkeypatch.setattr(JobPictures, "save", refuse_the_second)
    run(job)
    kept = job.images.get()
    assert (job.state, kept.index) == (JobState.FAILED, 0)
    monkeypatch.setattr(JobPictures, "save", save)
    lifecycle.retry(job)
    run(job)
    assert (job.state, job.images.count(), job.made_count) == (JobState.SUCCEEDED, 3, 3)
    assert job.images.get(index=0).pk == kept.pk


def test_another_workers_takeover_leaves_no_trace_of_the_slow_one(monkeypatch):
    job = make_job()
    files = _files()

    def be_taken_over():
        GenerationJob.objects.filter(pk=job.pk).update(
            lease_expires_at=timezone.now() - timedelta(seconds=1)
        )
        in_thread(lambda: queue.claim("two", QUEUES))

    with before(monkeypatch, JobPictures, "_commit", be_taken_over):
        run(job)
    assert (job.state, job.attempts_made) == (JobState.RUNNING, 2)
    assert not job.images.exists()
    assert {name for name in _files() - files if name.startswith("pictures/")} == set()
    outcomes = list(job.attempts.values_list("outcome", flat=True))
    assert outcomes == [AttemptOutcome.CRASHED, AttemptOutcome.RUNNING]


def _files() -> set[str]:
    root = Path(private_storage().location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_a_picture_is_never_written_for_an_attempt_that_is_over():
    make_job()
    (held,) = queue.claim("one", QUEUES)
    queue.give_back(held)
    with pytest.raises(LeaseLost):
        JobPictures(held).save(0, b"x", b"x", details={"mime": "image/png", "digest": "0" * 64})
    assert not _files()


def test_plans_of_a_format_that_nobody_reads_end_in_words():
    job = make_job()
    GenerationJob.objects.filter(pk=job.pk).update(plan=job.plan | {"format": 99})
    assert run(job).state == JobState.FAILED
    assert job.error
