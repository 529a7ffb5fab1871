"""The region and what was painted go with the photo, and stand in no log or report."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from prodimages.models import ShopperPhoto, TryOn
from prodimages.services import housekeeping
from prodimages.services.try_on import erasure, painting
from prodimages.testing import run_jobs
from tests.storefront.conftest import fail
from tests.storefront.painting import paint, picture, shown, without_chest
from tests.storefront.shoppers import (
    POSE,
    ask,
    assert_nothing_is_left,
    erase_within,
    everything_in_the_database,
    headers,
    shoppers_files,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def test_everything_is_erased_with_the_photo(client, tmp_path):
    body, found = shown(client)
    paint(client, body, without_chest(found))
    picture(client, body)
    names = shoppers_files(tmp_path)
    assert len(names) == 4  # the photo, the region, the edits, the picture
    assert client.delete(body["links"]["self"], **headers(body)).status_code == 204
    assert_nothing_is_left(tmp_path)


def test_after_the_deadline_nothing_of_it_is_left_anywhere(client, tmp_path, monkeypatch, logged):
    """Storage, rows, cache and words of the log, with the clock a day on."""
    body, found = shown(client)
    mask = without_chest(found)
    paint(client, body, mask)
    run_jobs()
    names = [Path(name).name for name in shoppers_files(tmp_path)]
    assert len(names) == 4
    rows = everything_in_the_database()
    assert all(name in rows for name in names)
    over = timezone.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    for method, name in (("get", "region"), ("put", "region"), ("put", "landmarks")):
        answer = getattr(client, method)(f"{body['links']['self']}{name}/", **headers(body))
        assert answer.status_code in (403, 415)
    housekeeping.reap()
    assert_nothing_is_left(tmp_path)
    kept = everything_in_the_database() + str(getattr(cache, "_cache", {})) + "\n".join(logged)
    for secret in (*names, body["id"], body["token"], str(mask[40:60]), str(POSE["neck"])):
        assert secret not in kept


@override_settings(DEBUG=False)
def test_error_reports_hold_nothing_of_the_mask(client, monkeypatch, reports):
    body, found = shown(client)
    mask = without_chest(found)
    monkeypatch.setattr(painting.ordering, "queue", fail)
    client.raise_request_exception = False
    assert paint(client, body, mask).status_code == 500
    assert body["token"] not in reports[0]
    assert "IHDR" not in reports[0]
    assert not TryOn.objects.get().edits
    assert len(shoppers_files(painting.shopper_storage())) == 2  # the photo, and the region


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_erasing_while_the_region_is_found_stores_nothing(client, tmp_path, monkeypatch, moment):
    from prodimages.services.try_on import people

    body = ask(client, landmarks=json.dumps(POSE), show_region="yes").json()
    erase_within(monkeypatch, people.files, client, body, moment)
    run_jobs()
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_erasing_while_the_mask_is_stored_stores_nothing(client, tmp_path, monkeypatch, moment):
    body, found = shown(client)
    erase_within(monkeypatch, painting.files, client, body, moment)
    assert paint(client, body, without_chest(found)).status_code == 403
    assert_nothing_is_left(tmp_path)
    assert run_jobs() == []


def test_a_web_process_that_died_between_name_and_file_leaves_nothing(client, tmp_path):
    """The name stands in the row first: whatever lies there goes with the photo."""
    _body, found = shown(client)
    try_on = TryOn.objects.get()
    name = f"shoppers/{try_on.photo_id}/left.png"
    TryOn.objects.update(edits=name)
    painting.files.write_verified(painting.shopper_storage(), name, found)
    erasure.erase(ShopperPhoto.objects.get())
    assert_nothing_is_left(tmp_path)
