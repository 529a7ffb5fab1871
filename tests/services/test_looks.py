"""Looks at what a running job paints: newest only, held only, gone at the end."""

from __future__ import annotations

import pytest

from prodimages.choices import JobState
from prodimages.models import GenerationJob, JobLook
from prodimages.services import execution, housekeeping, looks, queue
from prodimages.services.keeper import LeaseKeeper
from tests.factories import make_job
from tests.services.running import QUEUES
from tests.testapp.engines import FlatEngine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


@pytest.fixture
def held() -> queue.Held:
    make_job()
    return queue.claim("one", QUEUES)[0]


def job() -> GenerationJob:
    return GenerationJob.objects.get()


def test_the_newest_look_takes_the_place_of_the_last(held):
    looks.keep(held.job.pk, held.token, b"one")
    looks.keep(held.job.pk, held.token, b"two")
    assert bytes(looks.look_at(job()).picture) == b"two"
    assert JobLook.objects.count() == 1


def test_a_worker_that_lost_its_job_shows_nothing(held):
    looks.keep(held.job.pk, held.token - 1, b"old")
    assert looks.look_at(job()) is None
    looks.keep(held.job.pk, held.token, b"one")
    GenerationJob.objects.update(lease_token=held.token + 1)
    assert looks.look_at(job()) is None


def test_nobody_looks_at_what_a_shopper_asked_for(held):
    GenerationJob.every.update(for_shopper=True)
    looks.keep(held.job.pk, held.token, b"one")
    assert not JobLook.objects.exists()


def test_what_is_too_large_to_be_a_look_is_dropped(held):
    looks.keep(held.job.pk, held.token, b"x" * (looks.MOST_BYTES + 1))
    assert not JobLook.objects.exists()


def test_what_a_killed_worker_left_is_swept(held):
    looks.keep(held.job.pk, held.token, b"one")
    housekeeping.reap()
    assert JobLook.objects.exists()
    GenerationJob.objects.update(state=JobState.FAILED)
    assert looks.look_at(job()) is None
    housekeeping.reap()
    assert not JobLook.objects.exists()


def test_an_engine_that_shows_looks_is_asked_for_them_and_none_stays(held, monkeypatch):
    keeper, seen, generate = LeaseKeeper([held]), [], FlatEngine.generate

    def showing(self, requests, *, on_look, **watch):
        on_look(requests[0], b"look")
        keeper._write_progress()  # as the next tick does
        seen.append(bytes(looks.look_at(job()).picture))
        return generate(self, requests, **watch)

    monkeypatch.setattr(FlatEngine, "shows_looks", True, raising=False)
    monkeypatch.setattr(FlatEngine, "generate", showing)
    execution.execute([held], keeper)
    assert seen == [b"look"]
    assert job().state == JobState.SUCCEEDED
    assert not JobLook.objects.exists()
