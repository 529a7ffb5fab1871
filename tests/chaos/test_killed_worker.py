"""Workers that die whole, and brokers that forget; the job table remembers."""

from __future__ import annotations

import pytest

from prodimages.choices import JobState
from prodimages.models import WorkerHeartbeat
from tests.chaos.site import ended, referenced_files, sweep_everything
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_worker_killed_in_the_middle_is_replaced_by_the_next(site):
    worker = site.start_worker()
    site.hold("store")
    product, style = make_product(), make_style()
    jobs = [make_job(product, style, count=2) for _number in range(3)]
    site.reached("store")
    site.kill(worker)
    site.let_go("store")
    site.start_worker()
    for job in jobs:
        assert ended(job).state == JobState.SUCCEEDED
        assert sorted(job.images.values_list("index", flat=True)) == [0, 1]
    assert sorted(job.attempts.count() for job in jobs) == [1, 1, 2]
    sweep_everything()
    assert site.files() == referenced_files()


def test_a_broker_wiped_before_the_worker_starts_loses_no_job(site):
    jobs = [make_job() for _number in range(3)]
    assert site.waiting_messages() == 3
    site.wipe_broker()
    assert site.waiting_messages() == 0
    site.start_worker()
    for job in jobs:
        assert ended(job).state == JobState.SUCCEEDED
    (heartbeat,) = WorkerHeartbeat.objects.all()
    assert heartbeat.queues == ["prodimages"]


def test_a_worker_that_loses_its_main_process_alone_is_replaced_as_well(site):
    worker = site.start_worker()
    site.hold("written")
    job = make_job()
    site.reached("written")
    worker.kill()
    worker.wait()
    site.let_go("written")
    site.start_worker()
    ended(job)
    assert (job.state, job.images.count()) == (JobState.SUCCEEDED, 1)
    sweep_everything()
    assert site.files() == referenced_files()
