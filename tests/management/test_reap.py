from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from prodimages.choices import JobState
from prodimages.models import GenerationJob
from prodimages.services import queue
from tests.factories import make_job


@pytest.mark.django_db
def test_it_returns_a_silent_workers_job_and_says_so(flat):
    job = make_job()
    queue.claim("w", [job.queue])
    GenerationJob.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    out = io.StringIO()
    call_command("prodimages_reap", "--json", stdout=out)
    assert json.loads(out.getvalue())["requeued"] == 1
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
