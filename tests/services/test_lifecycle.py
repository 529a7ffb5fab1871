from __future__ import annotations

import pytest

from prodimages.choices import JobState
from prodimages.exceptions import LeaseLost, TransitionRefused
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.services import lifecycle, queue, wakeup
from tests.concurrency import at_once
from tests.factories import make_job, picture_details
from tests.services.running import QUEUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def ended_as(state: JobState, **values) -> GenerationJob:
    job = make_job(**values)
    (held,) = queue.claim("one", QUEUES)
    queue.end(held, state, kind="engine", error="No." if state == JobState.FAILED else "")
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED])
def test_a_job_that_has_ended_can_not_be_canceled(state):
    job = ended_as(state)
    with pytest.raises(TransitionRefused, match="ended already"):
        lifecycle.cancel(job)
    job.refresh_from_db()
    assert job.state == state


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED])
def test_a_retry_starts_with_a_clean_sheet_and_full_attempts(state):
    job = ended_as(state, count=2)
    lifecycle.retry(job)
    assert (job.state, job.attempts_made, job.error, job.error_kind) == (JobState.QUEUED, 0, "", "")
    assert (job.ended_at, job.started_at, job.seconds, job.progress) == (None, None, None, 0)
    (held,) = queue.claim("two", QUEUES)
    assert held.job.pk == job.pk
    assert job.attempts.count() == 2


def test_a_worker_of_before_the_retry_writes_nothing():
    job = make_job()
    (old,) = queue.claim("one", QUEUES)
    GenerationJob.objects.update(state=JobState.FAILED)
    lifecycle.retry(job)
    queue.claim("two", QUEUES)
    with pytest.raises(LeaseLost):
        queue.end(old, JobState.SUCCEEDED)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_job_that_has_not_ended_can_not_be_retried(state):
    job = make_job()
    GenerationJob.objects.update(state=state)
    with pytest.raises(TransitionRefused, match="not ended"):
        lifecycle.retry(job)
    job.refresh_from_db()
    assert (job.state, job.lease_token) == (state, 0)


def test_a_complete_job_has_nothing_to_retry():
    job = ended_as(JobState.SUCCEEDED)
    GeneratedImage.objects.create(job=job, index=0, **picture_details())
    with pytest.raises(TransitionRefused, match="all its pictures"):
        lifecycle.retry(job)


def test_a_job_whose_product_is_gone_can_not_be_retried():
    job = make_job()
    job.product.delete()
    with pytest.raises(TransitionRefused, match="product was deleted"):
        lifecycle.retry(job)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_retry_queues_the_job_once(monkeypatch):
    job = ended_as(JobState.FAILED)
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    outcomes = at_once(6, lambda number: lifecycle.retry(GenerationJob.objects.get(pk=job.pk)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, TransitionRefused)]
    assert (len(refused), outcomes.count(None)) == (5, 1)
    assert woken == ["prodimages"]
    job.refresh_from_db()
    assert job.lease_token == 2


@pytest.mark.django_db(transaction=True)
def test_many_cancels_at_once_end_a_job_once(ended):
    job = make_job()
    outcomes = at_once(6, lambda number: lifecycle.cancel(GenerationJob.objects.get(pk=job.pk)))
    assert outcomes.count(None) == 1
    assert ended == [(job.pk, JobState.CANCELED)]
