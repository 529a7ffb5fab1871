from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from prodimages.choices import JobState
from prodimages.models import GenerationAttempt, GenerationJob, SourcePhoto, WorkerHeartbeat
from prodimages.services import housekeeping, lifecycle, queue, wakeup
from prodimages.services.sink import JobPictures, record_files
from prodimages.storage import PrivateFileSystemStorage, private_storage
from tests.factories import make_job, photo_bytes, picture_details
from tests.services.running import QUEUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def claimed(**order) -> queue.Held:
    make_job(**order)
    return queue.claim("one", QUEUES)[0]


def fall_silent() -> None:
    past = timezone.now() - timedelta(seconds=1)
    GenerationJob.objects.filter(state=JobState.RUNNING).update(lease_expires_at=past)


def grow_old(hours: float = 2) -> None:
    past = timezone.now() - timedelta(hours=hours)
    GenerationAttempt.objects.exclude(ended_at=None).update(ended_at=past)


def write(held: queue.Held, *names: str) -> None:
    record_files(held, names)
    for name in names:
        private_storage().save(name, ContentFile(b"content"))


@pytest.mark.django_db(transaction=True)
def test_a_silent_workers_job_is_queued_again(monkeypatch):
    held = claimed()
    fall_silent()
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    swept = housekeeping.reap()
    job = GenerationJob.objects.get()
    assert (swept.requeued, job.state, job.run_alone) == (1, JobState.QUEUED, True)
    assert job.lease_token > held.token
    assert job.attempts_made == 1
    assert woken == ["prodimages"]


def test_a_worker_that_lives_keeps_its_job():
    claimed()
    assert housekeeping.reap() == housekeeping.Swept()


def test_attempts_run_out_under_the_sweeper_too():
    make_job()
    for _attempt in range(3):
        assert queue.claim("one", QUEUES)
        fall_silent()
        swept = housekeeping.reap()
    assert (swept.requeued, swept.failed) == (0, 1)
    assert GenerationJob.objects.get().state == JobState.FAILED


def test_a_silent_job_that_was_canceled_ends():
    held = claimed()
    lifecycle.cancel(held.job)
    fall_silent()
    assert housekeeping.reap().canceled == 1


def test_orphans_of_ended_attempts_are_removed_once_they_are_old():
    held = claimed()
    write(held, "pictures/local/1/orphan.jpg")
    queue.end(held, JobState.FAILED, error="No.")
    assert housekeeping.sweep_files() == 0
    grow_old()
    assert housekeeping.sweep_files() == 1
    assert not private_storage().exists("pictures/local/1/orphan.jpg")
    assert housekeeping.sweep_files() == 0


def test_a_short_setting_can_not_undercut_two_leases(flat, settings):
    settings.PRODIMAGES = flat | {"ORPHAN_SECONDS": 1, "LEASE_SECONDS": 7200}
    held = claimed()
    write(held, "pictures/local/1/orphan.jpg")
    queue.end(held, JobState.FAILED, error="No.")
    grow_old(hours=3.9)
    assert housekeeping.sweep_files() == 0
    grow_old(hours=4.1)
    assert housekeeping.sweep_files() == 1


def test_pictures_photos_and_cutouts_in_use_stay():
    held = claimed()
    JobPictures(held).save(0, b"picture", b"thumbnail", details=picture_details())
    write(held, "sources/local/aa/photo.png", "sources/local/aa/lost.png")
    SourcePhoto.objects.create(
        digest="a" * 64, file="sources/local/aa/photo.png", width=1, height=1
    )
    queue.end(held, JobState.SUCCEEDED)
    grow_old()
    assert housekeeping.sweep_files() == 1
    image = held.job.images.get()
    for name in (image.file.name, image.thumbnail.name, "sources/local/aa/photo.png"):
        assert private_storage().exists(name)
    assert not private_storage().exists("sources/local/aa/lost.png")


def test_a_name_that_a_running_attempt_may_be_writing_stays():
    first = claimed()
    write(first, "sources/local/aa/shared.png")
    queue.end(first, JobState.FAILED, error="No.")
    grow_old()
    record_files(claimed(), ["sources/local/aa/shared.png"])
    assert housekeeping.sweep_files() == 0
    assert private_storage().exists("sources/local/aa/shared.png")


def test_a_running_attempts_files_stay_however_old():
    held = claimed()
    write(held, "pictures/local/1/new.jpg")
    GenerationAttempt.objects.update(started_at=timezone.now() - timedelta(days=9))
    assert housekeeping.sweep_files() == 0


def test_what_was_half_written_goes_as_well():
    held = claimed()
    write(held, "pictures/local/1/a.jpg")
    beside = Path(private_storage().path("pictures/local/1/.a.jpg.k2j4.part"))
    beside.write_bytes(b"ha")
    queue.end(held, JobState.FAILED, error="No.")
    grow_old()
    housekeeping.sweep_files()
    assert not beside.exists()


def test_the_storage_is_never_listed(monkeypatch):
    def refuse(self, path):
        raise AssertionError("the storage was listed")

    monkeypatch.setattr(PrivateFileSystemStorage, "listdir", refuse)
    private_storage().save("pictures/local/1/unknown.jpg", ContentFile(photo_bytes()))
    held = claimed()
    write(held, "pictures/local/1/orphan.jpg")
    queue.end(held, JobState.FAILED, error="No.")
    grow_old()
    assert housekeeping.sweep_files() == 1
    assert private_storage().exists("pictures/local/1/unknown.jpg")


def test_many_attempts_are_swept_page_by_page(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(housekeeping, "PAGE", 10)
    held = claimed()
    queue.end(held, JobState.FAILED, error="No.")
    past = timezone.now() - timedelta(hours=2)
    GenerationAttempt.objects.bulk_create(
        GenerationAttempt(job=held.job, token=100 + n, worker="w", ended_at=past, outcome="failed")
        for n in range(25)
    )
    with django_assert_max_num_queries(30):
        housekeeping.sweep_files()
    assert GenerationAttempt.objects.filter(files_swept=True).count() == 25


def test_heartbeats_of_long_gone_workers_are_forgotten():
    now = timezone.now()
    for name, age in (("here", 1), ("gone", 30)):
        WorkerHeartbeat.objects.create(
            name=name, version="1", started_at=now, seen_at=now - timedelta(hours=age)
        )
    housekeeping.reap()
    assert WorkerHeartbeat.objects.get().name == "here"
