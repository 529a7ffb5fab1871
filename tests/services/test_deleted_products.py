"""A product that goes while its pictures are on their way."""

from __future__ import annotations

import time

import pytest

from prodimages.choices import FailureKind, JobState
from prodimages.pipeline.registry import get_step
from prodimages.services import execution
from prodimages.services.sink import JobPictures
from tests.concurrency import in_thread
from tests.factories import make_job
from tests.services.running import QUEUES, before, run

KEEPER_NOTICES = 1.2
"""Seconds, a little more than two ticks of the keeper."""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


def test_a_product_deleted_while_its_job_waits_cancels_it():
    job = make_job()
    job.product.delete()
    job.refresh_from_db()
    assert (job.state, job.error_kind) == (JobState.CANCELED, FailureKind.PRODUCT_DELETED)
    assert execution.run_next(QUEUES) == 0


@pytest.mark.parametrize("step", ["cutout", "store"])
def test_a_product_deleted_while_its_job_runs_ends_it_in_words(monkeypatch, step):
    job = make_job()

    def delete():
        in_thread(job.product.delete)
        time.sleep(KEEPER_NOTICES)

    with before(monkeypatch, get_step(step), "run_batch", delete):
        run(job)
    assert (job.state, job.error_kind) == (JobState.CANCELED, FailureKind.PRODUCT_DELETED)
    assert job.product_label
    assert not job.images.exists()


def test_a_product_deleted_as_its_picture_is_stored_harms_nothing(monkeypatch):
    job = make_job()
    with before(monkeypatch, JobPictures, "_commit", lambda: in_thread(job.product.delete)):
        run(job)
    assert job.state in {JobState.SUCCEEDED, JobState.CANCELED}
    assert job.images.get().product_id is None
