"""Nothing of a shopper stays: on request, after the time, during the work, and in no list."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from prodimages.choices import JobState
from prodimages.models import (
    GeneratedImage,
    GenerationAttempt,
    GenerationJob,
    ShopperPhoto,
    SourcePhoto,
    Submission,
    TryOn,
    TryOnCount,
    TryOnQuota,
    TryOnSalt,
)
from prodimages.services import execution, housekeeping, queue
from prodimages.services.keeper import LeaseKeeper
from prodimages.services.try_on import erasure, owners, people
from prodimages.testing import run_jobs
from shop_integration.project.environment import broker
from tests.broker import broker_at
from tests.storefront.test_try_on import FITTING, POSE, ask, form
from tests.wearing import make_top

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fitting(settings):
    settings.PRODIMAGES = FITTING


def made(client, **values):
    body = ask(client, landmarks=json.dumps(POSE), **values).json()
    run_jobs()
    return body


def headers(body):
    return {"headers": {"X-Try-On-Token": body["token"]}}


def shoppers_files(where) -> list[str]:
    """Below the folder of the test, or in a storage."""
    private = Path(getattr(where, "location", "") or where / "private") / "shoppers"
    return sorted(str(path) for path in private.rglob("*") if path.is_file())


def assert_nothing_is_left(tmp_path) -> None:
    assert shoppers_files(tmp_path) == []
    for model in (ShopperPhoto, TryOn):
        assert not model.objects.exists()
    assert not GenerationJob.every.filter(for_shopper=True).exists()
    assert not GenerationAttempt.objects.filter(job__for_shopper=True).exists()
    assert not Submission.objects.filter(client="shopper").exists()


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
    write = people.files.write_verified

    def write_and_erase(storage, name, content):
        if moment == "before the file":
            client.delete(body["links"]["self"], **headers(body))
        written = write(storage, name, content)
        if moment == "after the file":
            client.delete(body["links"]["self"], **headers(body))
        return written

    monkeypatch.setattr(people.files, "write_verified", write_and_erase)
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


def test_messages_to_workers_name_a_queue_and_nothing_else(client, tmp_path, transactional_db):
    url, options = broker(tmp_path)
    with broker_at(url, options):
        body = ask(client, landmarks=json.dumps(POSE)).json()
        run_jobs()
        client.delete(body["links"]["self"], **headers(body))
    sent = [json.loads(path.read_text()) for path in (tmp_path / "broker").rglob("*.msg")]
    assert sent
    for message in sent:
        arguments, named, _links = json.loads(base64.b64decode(message["body"]))
        assert (arguments, named) == (["prodimages"], {})
        for secret in (body["id"], body["token"]):
            assert secret not in json.dumps(message)


def everything_in_the_database() -> str:
    rows = []
    for model in apps.get_models():
        rows += [str(list(row.items())) for row in model._base_manager.values()]
    return "\n".join(rows)


def test_nothing_leaks_into_logs_rows_cache_or_files(client, tmp_path, logged, from_anywhere):
    address = "203.0.113.77"
    answer = client.post(
        "/api/v1/storefront/try-on/",
        form(make_top(), landmarks=json.dumps(POSE)),
        REMOTE_ADDR=address,
    )
    body = answer.json()
    run_jobs()
    client.get(
        body["links"]["image"] if "image" in body["links"] else body["links"]["self"],
        **headers(body),
    )
    token = body["token"]
    rows = everything_in_the_database()
    cached = str(getattr(cache, "_cache", {}))
    for secret in (token, address, "me.jpg"):
        assert secret not in rows
        assert secret not in "\n".join(logged)
        assert secret not in cached
    for path in shoppers_files(tmp_path):
        content = Path(path).read_bytes()
        for secret in (token.encode(), address.encode(), b"me.jpg"):
            assert secret not in content
    client.delete(body["links"]["self"], **headers(body))
    photos = [path for path in (tmp_path).rglob("*") if path.is_file() and "shoppers" in str(path)]
    assert photos == []
    assert str(POSE["neck"]) not in everything_in_the_database()


@override_settings(DEBUG=False, ADMINS=[("Ops", "ops@example.com")])
def test_error_reports_hold_neither_photo_nor_token(client, monkeypatch, from_anywhere):
    from django.core.signals import got_request_exception
    from django.views.debug import ExceptionReporter

    token = ask(client).json()["token"]
    reports = []

    def keep(sender, request, **kwargs):
        import sys

        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(keep, weak=False, dispatch_uid="test")
    monkeypatch.setattr(
        "prodimages.services.try_on.quotas.take", lambda keys: (_ for _ in ()).throw(RuntimeError)
    )
    client.raise_request_exception = False
    try:
        answer = client.post(
            "/api/v1/storefront/try-on/",
            form(make_top()),
            headers={"X-Try-On-Token": token},
            REMOTE_ADDR="203.0.113.77",
        )
    finally:
        got_request_exception.disconnect(dispatch_uid="test")
    assert answer.status_code == 500
    assert reports
    assert token not in reports[0]
    assert "JFIF" not in reports[0]
    assert "xff\\xd8" not in reports[0]


def test_staff_and_api_see_counts_and_nothing_else(client, admin_client):
    made(client)
    assert GenerationJob.every.filter(for_shopper=True).count() == 1
    assert not GenerationJob.objects.exists()
    assert not GeneratedImage.objects.exists()
    assert Submission.objects.get().jobs.count() == 0
    photo = SourcePhoto.objects.get()  # the garment's
    assert photo.product is not None
    assert not photo.jobs.exists()
    (job,) = GenerationJob.every.all()
    for page in ("generationjob", "generatedimage", "tryoncount"):
        listed = admin_client.get(f"/admin/prodimages/{page}/").content.decode()
        assert str(job) not in listed
    assert admin_client.get(f"/admin/prodimages/generationjob/{job.pk}/change/").status_code != 200
    assert "asked for" in admin_client.get("/admin/prodimages/tryoncount/").content.decode()
    listed = admin_client.get("/api/v1/generations/").json()
    assert listed["results"] == []
    assert admin_client.get(f"/api/v1/generations/{job.pk}/").status_code == 404
    for name in ("ShopperPhoto", "TryOn", "TryOnQuota", "TryOnSalt"):
        model = apps.get_model("prodimages", name)
        from django.contrib import admin

        assert not admin.site.is_registered(model)
    assert not get_user_model().objects.get(username="admin").user_permissions.exists()


def test_no_permission_for_shoppers_rows_exists():
    from django.contrib.auth.models import Permission

    names = Permission.objects.filter(content_type__app_label="prodimages").values_list(
        "codename", flat=True
    )
    assert not [name for name in names if "shopper" in name or name.endswith("_tryon")]


def test_the_hosts_listeners_hear_nothing_of_shoppers(client):
    from prodimages import signals

    heard = []

    def listen(sender, **kwargs):
        heard.append(kwargs)

    signals.job_ended.connect(listen)
    try:
        made(client)
    finally:
        signals.job_ended.disconnect(listen)
    assert heard == []


def test_a_deleted_product_ends_the_job_and_keeps_the_erasure(client, tmp_path):
    product = make_top()
    body = ask(client, product, landmarks=json.dumps(POSE)).json()
    product.delete()
    assert GenerationJob.every.get().state == JobState.CANCELED
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "failed"
    client.delete(body["links"]["self"], **headers(body))
    assert_nothing_is_left(tmp_path)


def test_shoppers_jobs_run_through_the_real_keeper(client, transactional_db):
    ask(client, landmarks=json.dumps(POSE))
    held = queue.claim("worker", ["prodimages"])
    with LeaseKeeper(held) as keeper:
        execution.execute(held, keeper)
    assert GenerationJob.every.get().state == JobState.SUCCEEDED
    assert connection.is_usable()
