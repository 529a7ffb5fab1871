from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome, FailureKind, JobState
from prodimages.exceptions import LeaseLost
from prodimages.models import GenerationAttempt, GenerationJob
from prodimages.services import lifecycle, queue
from prodimages.services.sink import JobPictures
from tests.concurrency import at_once
from tests.factories import make_job, make_product, make_style, picture_details

QUEUES = ["prodimages"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def claim(limit: int = 1, worker: str = "one") -> list[queue.Held]:
    return queue.claim(worker, QUEUES, limit=limit)


def expire(job: GenerationJob) -> None:
    past = timezone.now() - timedelta(seconds=1)
    GenerationJob.objects.filter(pk=job.pk).update(lease_expires_at=past)


def crash(job: GenerationJob) -> queue.Held:
    """Claim the job and let the worker fall silent."""
    (held,) = claim()
    assert held.job.pk == job.pk
    expire(job)
    return held


def test_claims_the_highest_priority_and_then_the_oldest():
    first, second, urgent = make_job(), make_job(), make_job(priority=5)
    order = [claim()[0].job.pk for _ in range(3)]
    assert order == [urgent.pk, first.pk, second.pk]
    assert claim() == []


def test_a_claim_sets_a_lease_a_token_and_an_attempt():
    job = make_job()
    before = timezone.now()
    (held,) = claim(worker="host:1")
    job.refresh_from_db()
    assert (job.state, job.lease_token, job.attempts_made) == (JobState.RUNNING, held.token, 1)
    assert job.lease_expires_at >= before + timedelta(seconds=59)
    attempt = job.attempts.get()
    assert (attempt.token, attempt.worker) == (held.token, "host:1")
    assert attempt.outcome == AttemptOutcome.RUNNING


def test_a_job_waits_for_its_time_and_for_its_queue():
    later = make_job()
    GenerationJob.objects.update(due_at=timezone.now() + timedelta(hours=1))
    elsewhere = make_job()
    GenerationJob.objects.filter(pk=elsewhere.pk).update(queue="gpu")
    assert claim() == []
    assert queue.anything_claimable(["prodimages", "gpu"]) == ["gpu"]
    GenerationJob.objects.filter(pk=later.pk).update(due_at=timezone.now())
    assert claim()[0].job.pk == later.pk


def test_a_batch_shares_its_key_and_passes_over_what_does_not_fit():
    style, other = make_style(), make_style(size=512)
    small = [make_job(style=style), make_job(style=style)]
    large = make_job(style=other)
    small.append(make_job(style=style))
    held = claim(limit=4)
    assert {item.job.pk for item in held} == {job.pk for job in small}
    assert [item.job.pk for item in claim(limit=4)] == [large.pk]


def test_a_lease_that_ran_out_is_claimed_and_the_attempt_closed():
    job = make_job()
    before = crash(job)
    (held,) = claim(worker="two")
    assert held.job.pk == job.pk
    assert held.token > before.token
    outcomes = list(job.attempts.values_list("outcome", flat=True))
    assert outcomes == [AttemptOutcome.CRASHED, AttemptOutcome.RUNNING]


def test_a_lease_that_runs_is_left_alone():
    make_job()
    claim()
    assert claim(worker="two") == []


def test_after_a_crash_the_job_runs_alone():
    style = make_style()
    victim, neighbor = make_job(style=style), make_job(style=style)
    assert len(claim(limit=2)) == 2
    for job in (victim, neighbor):
        expire(job)
    assert [item.job.pk for item in claim(limit=2)] == [victim.pk]
    assert [item.job.pk for item in claim(limit=2)] == [neighbor.pk]


def test_a_job_that_runs_alone_keeps_others_out_when_it_is_queued_again():
    style = make_style()
    alone, other = make_job(style=style), make_job(style=style)
    GenerationJob.objects.filter(pk=alone.pk).update(run_alone=True)
    assert [item.job.pk for item in claim(limit=2)] == [alone.pk]
    assert [item.job.pk for item in claim(limit=2)] == [other.pk]


def test_attempts_run_out_and_the_reason_stays(ended, django_capture_on_commit_callbacks):
    job = make_job()
    for _attempt in range(3):
        crash(job)
    with django_capture_on_commit_callbacks(execute=True):
        assert claim() == []
    job.refresh_from_db()
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.CRASHED)
    assert "stopped answering" in job.error
    assert job.ended_at is not None
    assert list(job.attempts.values_list("outcome", flat=True)) == ["crashed"] * 3
    assert ended == [(job.pk, JobState.FAILED)]


def test_an_old_token_writes_nothing():
    job = make_job(count=2)
    old = crash(job)
    (new,) = claim(worker="two")
    before = GenerationJob.objects.filter(pk=job.pk).values().get()

    assert queue.renew([old]) == {job.pk}
    assert queue.renew([new]) == set()
    assert not GenerationJob.objects.held(job.pk, old.token).update(progress=0.9)
    with pytest.raises(LeaseLost):
        queue.end(old, JobState.SUCCEEDED)
    with pytest.raises(LeaseLost):
        JobPictures(old).save(0, b"late", b"late", details=picture_details())
    queue.give_back(old)

    after = GenerationJob.objects.filter(pk=job.pk).values().get()
    before.pop("lease_expires_at")
    after.pop("lease_expires_at")
    assert after == before
    assert not job.images.exists()


def test_a_slow_worker_may_end_its_job_as_long_as_nobody_took_it():
    job = make_job()
    held = crash(job)
    queue.end(held, JobState.SUCCEEDED)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_a_lease_renewed_after_it_was_looked_at_stays_with_its_worker():
    job = make_job()
    held = crash(job)
    seen = GenerationJob.objects.get(pk=job.pk)
    assert queue.renew([held]) == set()
    assert queue.release_silent(seen, timezone.now()) is False
    queue.end(held, JobState.SUCCEEDED)


def test_what_is_given_back_is_not_charged():
    job = make_job()
    (held,) = claim()
    queue.give_back(held)
    job.refresh_from_db()
    assert (job.state, job.attempts_made, job.started_at) == (JobState.QUEUED, 0, None)
    assert job.run_alone is False
    assert job.attempts.get().outcome == AttemptOutcome.RETURNED
    with pytest.raises(LeaseLost):
        queue.end(held, JobState.SUCCEEDED)
    assert claim()[0].job.pk == job.pk


def test_a_queued_job_is_canceled_at_once(ended, django_capture_on_commit_callbacks):
    job = make_job()
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.cancel(job)
    assert job.state == JobState.CANCELED
    assert ended == [(job.pk, JobState.CANCELED)]
    assert claim() == []


@pytest.mark.parametrize("how", ["given back", "retried", "silent", "reaped", "canceled late"])
def test_a_running_job_that_is_to_be_canceled_never_waits_again(how):
    job = make_job()
    (held,) = claim()
    seen = GenerationJob.objects.get(pk=job.pk)
    lifecycle.cancel(job)
    assert (job.state, job.cancel_requested) == (JobState.RUNNING, True)
    if how == "given back":
        queue.give_back(held)
    elif how == "retried":
        queue.end(held, JobState.FAILED, error="Later.", retry_at=timezone.now())
    else:
        expire(job)
        if how == "reaped":
            assert (
                queue.release_silent(GenerationJob.objects.get(pk=job.pk), timezone.now()) is False
            )
        elif how == "canceled late":
            # The reaper looked at the row before somebody canceled the job.
            seen.lease_expires_at = GenerationJob.objects.get(pk=job.pk).lease_expires_at
            assert queue.release_silent(seen, timezone.now()) is False
        else:
            assert claim() == []
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert claim() == []
    assert queue.anything_claimable(QUEUES) == []


def test_a_job_is_queued_again_with_its_reason_until_its_next_attempt():
    job = make_job()
    (held,) = claim()
    soon = timezone.now() + timedelta(seconds=30)
    queue.end(held, JobState.FAILED, kind=FailureKind.STORAGE, error="Disk full.", retry_at=soon)
    job.refresh_from_db()
    assert (job.state, job.error, job.due_at) == (JobState.QUEUED, "Disk full.", soon)
    assert job.ended_at is None
    assert claim() == []


def test_of_two_workers_that_saw_the_same_row_one_takes_it():
    # What a database that locks no row while it is read leaves to the update itself.
    make_job()
    now = timezone.now()
    first, second = GenerationJob.objects.get(), GenerationJob.objects.get()
    assert queue._take(first, "one", now) is not None
    assert queue._take(second, "two", now) is None
    assert GenerationJob.objects.get().attempts_made == 1


@pytest.mark.django_db(transaction=True)
def test_each_job_is_claimed_once_by_racing_workers():
    style, product = make_style(), make_product()
    for _number in range(50):
        make_job(product, style)

    def work(number: int) -> list[int]:
        mine: list[int] = []
        while GenerationJob.objects.filter(state=JobState.QUEUED).exists():
            mine += [item.job.pk for item in claim(limit=2, worker=f"worker {number}")]
        return mine

    outcomes = at_once(20, work)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    claimed = [pk for outcome in outcomes for pk in outcome]
    assert len(claimed) == len(set(claimed)) == 50
    assert GenerationAttempt.objects.count() == 50
    assert set(GenerationJob.objects.values_list("attempts_made", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_ran_out_is_taken_over_by_one_worker():
    job = make_job()
    crash(job)
    outcomes = at_once(8, lambda number: len(claim(worker=f"worker {number}")))
    assert sorted(outcomes) == [0] * 7 + [1]
    assert job.attempts.filter(outcome=AttemptOutcome.RUNNING).count() == 1
    assert job.attempts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_cancel_and_end_at_the_same_moment_leave_a_job_that_has_ended():
    for _round in range(5):
        job = make_job()
        (held,) = claim()

        def act(number: int, job=job, held=held) -> None:
            if number:
                lifecycle.cancel(GenerationJob.objects.get(pk=job.pk))
            else:
                queue.end(held, JobState.FAILED, error="Again.", retry_at=timezone.now())

        at_once(2, act)
        job.refresh_from_db()
        assert job.state == JobState.CANCELED
