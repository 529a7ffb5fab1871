"""Reports of pictures that were seen or chosen: sums, and nothing of whoever reported."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from prodimages.models import StorefrontCount
from prodimages.services.storefront import counts, freshness
from prodimages.storefront import signing
from tests.concurrency import at_once
from tests.factories import make_product
from tests.storefront.conftest import make_scene, url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

PLACE = "/api/v1/storefront/beacon/"
OURS = {"Sec-Fetch-Site": "same-origin"}


def report(client, body, headers=OURS):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(PLACE, text, content_type="text/plain", headers=headers)


@pytest.fixture
def address():
    make_scene()
    return url(make_product())


def test_what_was_seen_and_chosen_is_added_up(client, address):
    for _page in range(2):
        response = report(client, {"seen": [address, address + "&pending=1"], "chosen": [address]})
        assert (response.status_code, response["Cache-Control"]) == (204, "no-store")
        assert not response.cookies
    row = StorefrontCount.objects.get()
    assert (row.key, row.shown, row.chosen) == ("marble", 4, 2)
    assert counts.sums("local", {row.product_id}, days=7) == {(row.product_id, "marble"): (4, 2)}


def test_no_report_gets_lost_in_a_crowd(client, address, settings, shop):
    settings.PRODIMAGES = shop | {"STOREFRONT_BEACON_RATE": "1000/minute"}
    from django.test import Client

    outcomes = at_once(12, lambda number: report(Client(), {"seen": [address]}).status_code)
    assert outcomes == [204] * 12
    assert StorefrontCount.objects.get().shown == 12


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 204),
        ({"Origin": "http://other"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
    ],
)
def test_only_pages_of_the_site_report(client, address, headers, status):
    assert report(client, {"seen": [address]}, headers).status_code == status
    assert StorefrontCount.objects.exists() == (status == 204)


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("v=marble", "v=oak"),
        lambda address: "/admin/",
        lambda address: "http://[",
        lambda address: "",
        lambda address: address.partition("?")[0],
    ],
)
def test_a_forged_address_counts_nothing_of_the_report(client, address, change):
    assert report(client, {"seen": [address, change(address)]}).status_code == 403
    assert not StorefrontCount.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "1", '{"seen": 1}', '{"seen": [1]}', '{"seen": {"a": 1}}', b"\xff", "[" * 9999],
)
def test_what_is_no_report_is_refused(client, body):
    response = report(client, body)
    assert response.status_code == 400
    assert response.json()["type"] == "urn:prodimages:problem:parse_error"


def test_long_reports_are_refused(client, address):
    assert report(client, {"seen": [address] * 101}).status_code == 400
    assert report(client, " " * 40_000).status_code == 413


def test_one_address_may_report_only_so_often(client, address, settings, shop):
    settings.PRODIMAGES = shop | {"STOREFRONT_BEACON_RATE": "2/day"}
    assert [report(client, {}).status_code for _time in range(3)] == [204, 204, 429]
    assert int(report(client, {})["Retry-After"]) > 0
    other = client.post(
        PLACE, "{}", content_type="text/plain", headers=OURS, REMOTE_ADDR="127.0.0.2"
    )
    assert other.status_code == 204
    assert not any("127.0.0" in key for key in getattr(cache, "_cache", {}))


def test_old_and_orphaned_addresses_count_nothing(client, address, monkeypatch):
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 3 * 86_400)
    assert report(client, {"seen": [address]}).status_code == 204
    monkeypatch.setattr(signing.time, "time", lambda: now)
    product = make_product()
    gone = url(product)
    product.delete()
    assert report(client, {"seen": [gone]}).status_code == 204
    assert not StorefrontCount.objects.exists()


def test_counts_are_kept_for_as_long_as_variants(client, address):
    report(client, {"seen": [address]})
    freshness.forget()
    assert StorefrontCount.objects.exists()
    StorefrontCount.objects.update(day=timezone.now().date() - timedelta(days=100))
    freshness.forget()
    assert not StorefrontCount.objects.exists()
