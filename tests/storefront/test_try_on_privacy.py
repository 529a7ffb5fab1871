"""Nothing of a shopper stands in a message, a log, a report or a list."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import override_settings

from prodimages.choices import JobState
from prodimages.models import GeneratedImage, GenerationJob, SourcePhoto, Submission
from prodimages.services import execution, queue
from prodimages.services.keeper import LeaseKeeper
from prodimages.testing import run_jobs
from shop_integration.project.environment import broker
from tests.broker import broker_at
from tests.storefront.conftest import fail
from tests.storefront.shoppers import (
    POSE,
    URL,
    ask,
    everything_in_the_database,
    form,
    headers,
    made,
    shoppers_files,
)
from tests.wearing import make_top

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


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
def test_error_reports_hold_neither_photo_nor_token(client, monkeypatch, from_anywhere, reports):
    token = ask(client).json()["token"]
    monkeypatch.setattr("prodimages.services.try_on.quotas.take", fail)
    client.raise_request_exception = False
    answer = client.post(
        URL,
        form(make_top()),
        headers={"X-Try-On-Token": token},
        REMOTE_ADDR="203.0.113.77",
    )
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


def test_shoppers_jobs_run_through_the_real_keeper(client, transactional_db):
    ask(client, landmarks=json.dumps(POSE))
    held = queue.claim("worker", ["prodimages"])
    with LeaseKeeper(held) as keeper:
        execution.execute(held, keeper)
    assert GenerationJob.every.get().state == JobState.SUCCEEDED
    assert connection.is_usable()
