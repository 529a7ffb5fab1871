from __future__ import annotations

import pytest

from prodimages import signals


@pytest.fixture
def ended():
    """The keys and states of the jobs whose end the host was told of, in order."""
    told: list[tuple[int, str]] = []

    def listen(job, **kwargs):
        told.append((job.pk, job.state))

    signals.job_ended.connect(listen)
    yield told
    signals.job_ended.disconnect(listen)
