"""A shopper's photo and all that was made of it go: on request, after the time, during the work."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from prodimages.choices import JobState
from prodimages.models import GenerationJob, ShopperPhoto, TryOnCount, TryOnQuota, TryOnSalt
from prodimages.services import housekeeping, queue
from prodimages.services.try_on import erasure, owners, people
from prodimages.testing import run_jobs
from tests.storefront.shoppers import (
    POSE,
    ask,
    assert_nothing_is_left,
    erase_within,
    everything_in_the_database,
    headers,
    made,
    shoppers_files,
)
from tests.wearing import make_top

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def test_after_the_deadline_nothing_is_left(client, tmp_path, monkeypatch, settings):
    body = made(client)
    assert len(shoppers_files(tmp_path)) == 2
    secrets = (body["id"], owners.digest(body["token"]), str(POSE["neck"]))
    assert all(secret in everything_in_the_database() for secret in secrets)
    later = timezone.now() + timedelta(hours=23, minutes=59)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    housekeeping.reap()
    assert client.get(body["links"]["self"], **headers(body)).status_code == 200
    over = later + timedelta(minutes=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    assert client.get(body["links"]["self"], **headers(body)).status_code == 403
    housekeeping.reap()
    assert_nothing_is_left(tmp_path)
    assert not TryOnQuota.objects.exists()
    assert not TryOnSalt.objects.exists()
    kept = everything_in_the_database() + str(getattr(cache, "_cache", {}))
    assert [secret for secret in (*secrets, body["token"]) if secret in kept] == []
    outcomes = dict(TryOnCount.objects.values_list("outcome", "number"))
    assert outcomes == {"asked": 1, "done": 1, "expired": 1}


def test_a_worker_that_looks_erases_what_is_due(client, tmp_path):
    from prodimages.tasks import run_queue

    made(client)
    ShopperPhoto.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    run_queue("prodimages")
    assert_nothing_is_left(tmp_path)


def test_erased_at_once_and_twice(client, tmp_path):
    body = made(client)
    assert client.delete(body["links"]["self"], **headers(body)).status_code == 204
    assert client.delete(body["links"]["self"], **headers(body)).status_code == 403
    assert_nothing_is_left(tmp_path)


def test_erased_before_a_worker_took_it(client, tmp_path):
    body = ask(client).json()
    client.delete(body["links"]["self"], **headers(body))
    assert run_jobs() == []
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_erasing_while_the_picture_is_made_stores_nothing(client, tmp_path, monkeypatch, moment):
    body = ask(client, landmarks=json.dumps(POSE)).json()
    erase_within(monkeypatch, people.files, client, body, moment)
    run_jobs()
    assert_nothing_is_left(tmp_path)
    outcomes = dict(TryOnCount.objects.values_list("outcome", "number"))
    assert "done" not in outcomes


def test_what_a_killed_worker_left_goes_with_the_photo(client, tmp_path):
    """The file is written, the row was not: only the attempt knows its name."""
    body = ask(client, landmarks=json.dumps(POSE)).json()
    (held,) = queue.claim("dead", ["prodimages"])
    name = f"shoppers/{held.job.try_on.photo_id}/left.jpg"
    people.record_files(held, [name])
    people.files.write_verified(people.shopper_storage(), name, b"left behind")
    client.delete(body["links"]["self"], **headers(body))
    assert shoppers_files(tmp_path)  # the job is still running, as far as anybody knows
    GenerationJob.every.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    housekeeping.reap()
    housekeeping.reap()
    assert_nothing_is_left(tmp_path)


def test_a_storage_that_fails_keeps_the_row_until_the_file_is_gone(client, tmp_path, monkeypatch):
    body = made(client)

    def fail(name):
        raise OSError("down")

    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_delete", fail)
        with pytest.raises(OSError):
            client.delete(body["links"]["self"], **headers(body))
    assert client.get(body["links"]["self"], **headers(body)).status_code == 403
    housekeeping.reap()
    assert_nothing_is_left(tmp_path)


def test_a_deleted_product_ends_the_job_and_keeps_the_erasure(client, tmp_path):
    product = make_top()
    body = ask(client, product, landmarks=json.dumps(POSE)).json()
    product.delete()
    assert GenerationJob.every.get().state == JobState.CANCELED
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "failed"
    client.delete(body["links"]["self"], **headers(body))
    assert_nothing_is_left(tmp_path)
