"""A step that never returns ends with its process, and the worker lives on."""

from __future__ import annotations

import pytest

from prodimages.choices import FailureKind, JobState
from tests.chaos.site import ended, eventually
from tests.factories import make_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_hung_step_ends_in_words_together_with_its_process(hasty):
    worker = hasty.start_worker()
    hasty.hold("compose")
    job = make_job()
    process = hasty.reached("compose")
    ended(job)
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.TIMEOUT)
    assert "“compose” took too long" in job.error
    assert job.attempts.get().error_kind == FailureKind.TIMEOUT
    eventually(lambda: not process.is_running(), "the end of the hung process")
    hasty.let_go("compose")
    assert ended(make_job()).state == JobState.SUCCEEDED
    assert worker.poll() is None
