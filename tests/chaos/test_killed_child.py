"""Children that die: every job ends, no picture is made twice, no file is left over."""

from __future__ import annotations

import time

import pytest

from prodimages.choices import FailureKind, JobState
from prodimages.services import lifecycle
from tests.chaos.apps import POINTS
from tests.chaos.site import (
    ended,
    let_leases_run_out,
    referenced_files,
    sweep_everything,
)
from tests.factories import make_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("point", POINTS)
def test_a_child_killed_at_any_point_costs_an_attempt_and_nothing_else(running, point):
    running.hold(point)
    job = make_job(count=2)
    running.kill_at(point)
    running.let_go(point)
    let_leases_run_out()
    ended(job)
    assert (job.state, job.made_count) == (JobState.SUCCEEDED, 2)
    assert sorted(job.images.values_list("index", flat=True)) == [0, 1]
    assert list(job.attempts.values_list("outcome", flat=True)) == ["crashed", "succeeded"]
    assert job.run_alone
    sweep_everything()
    assert running.files() == referenced_files()


def test_a_job_that_kills_every_worker_is_failed_in_words_and_harms_no_other(running):
    running.hold("generate")
    poison = make_job()
    for _attempt in range(3):
        running.kill_at("generate")
        (running.holds / "generate.reached").unlink()
        let_leases_run_out()
    ended(poison)
    running.let_go("generate")
    assert (poison.state, poison.error_kind) == (JobState.FAILED, FailureKind.CRASHED)
    assert "stopped answering" in poison.error
    assert list(poison.attempts.values_list("outcome", flat=True)) == ["crashed"] * 3
    assert ended(make_job()).state == JobState.SUCCEEDED
    lifecycle.retry(poison)
    assert ended(poison).state == JobState.SUCCEEDED
    sweep_everything()
    assert running.files() == referenced_files()


def test_a_cancel_stops_a_job_in_another_process(running):
    running.hold("generate")
    job = make_job()
    running.reached("generate")
    lifecycle.cancel(job)
    time.sleep(1.5)  # the keeper beside the work looks twice a second
    running.let_go("generate")
    assert ended(job).state == JobState.CANCELED
    assert not job.images.exists()
