from __future__ import annotations

import json
import time

import pytest
from django.db import OperationalError, connection
from django.test import Client

from prodimages.choices import InboundState, NotKept
from prodimages.models import DeliveryCount, InboundEvent
from prodimages.services import wakeup
from tests.shops.deliveries import standard_headers
from tests.testapp.platform import SECRET
from tests.webhooks.conftest import ADDRESS, post_raw

pytestmark = pytest.mark.django_db

BODY = json.dumps({"kind": "created", "id": "7", "name": "Shoe 7", "at": 0}).encode()


def counted() -> dict[str, int]:
    return dict(DeliveryCount.objects.filter(shop="shoes").values_list("reason", "count"))


def signed(body: bytes = BODY, **how):
    return standard_headers(SECRET, body, **how)


def test_an_event_is_kept_for_a_worker(send):
    response = send("msg_1")
    assert (response.status_code, response.json()) == (202, {"detail": "Accepted."})
    event = InboundEvent.objects.get()
    assert (event.shop, event.event_id, event.kind) == ("shoes", "msg_1", "created")
    assert (event.external_id, event.state) == ("7", InboundState.WAITING)
    assert event.payload["name"] == "Shoe 7"


def test_the_answer_needs_no_look_at_the_shop(send, shoes):
    send()
    assert shoes.asked == []


def test_a_repeated_delivery_is_one_event(send):
    assert [send("msg_1").status_code for _copy in range(3)] == [202, 200, 200]
    assert InboundEvent.objects.count() == 1
    assert counted() == {NotKept.REPEAT: 2}


def test_a_changed_byte_leaves_no_row(client):
    response = post_raw(client, BODY.replace(b"7", b"8"), signed())
    assert response.status_code == 401
    assert not InboundEvent.objects.exists()
    assert counted() == {NotKept.SIGNATURE: 1}


@pytest.mark.parametrize("age, status", [(290, 202), (-290, 202), (302, 401), (-302, 401)])
def test_a_signature_of_another_time_is_refused(client, age, status):
    assert post_raw(client, BODY, signed(age=age)).status_code == status


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("garbage", ["", "\xff\xfe", "v1,\x80", "a" * 9000, "ÿ" * 50])
def test_garbage_in_a_header_is_refused(client, name, garbage):
    response = post_raw(client, BODY, signed() | {name: garbage})
    assert response.status_code == 401
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("body", [b"webhook_id=4", b"\xff\xfe", b"[]", b'{"id": 5}', b""])
def test_what_is_signed_but_not_understood_is_refused(client, body):
    headers = signed(b"") if body == b"\xff\xfe" else signed(body)
    if body == b"\xff\xfe":  # not text, so that the package can't sign it
        import base64
        import hashlib
        import hmac

        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(key, content, hashlib.sha256).digest()
        headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
    assert post_raw(client, body, headers).status_code == 400
    assert not InboundEvent.objects.exists()
    assert counted() == {NotKept.INVALID: 1}


def test_characters_that_no_database_holds_are_replaced(client):
    body = rb'{"kind": "created", "id": "7", "name": "Shoe\u0000\ud800"}'
    assert post_raw(client, body, signed(body)).status_code == 202
    assert InboundEvent.objects.get().payload["name"] == "Shoe\ufffd\ufffd"


def test_too_long_an_id_of_a_product_is_refused(send):
    assert send(id="7" * 201).status_code == 400


def test_too_long_an_id_of_an_event_is_shortened_and_still_one(send):
    assert [send("m" * 300).status_code for _copy in range(2)] == [202, 200]


def test_a_body_over_the_cap_is_not_read(client, settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"MAX_EVENT_BYTES": len(BODY)}
    assert post_raw(client, BODY, signed()).status_code == 202
    larger = BODY + b" "
    assert post_raw(client, larger, signed(larger)).status_code == 413
    assert counted() == {NotKept.TOO_BIG: 1}


def test_a_body_longer_than_it_said_is_cut_off_by_its_signature(client):
    response = post_raw(client, BODY, signed(), CONTENT_LENGTH="10")
    assert response.status_code == 401


def test_a_large_delivery_need_not_fit_the_hosts_forms(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = json.dumps({"kind": "created", "id": "7", "note": "x" * 200_000}).encode()
    assert post_raw(client, body, signed(body)).status_code == 202


@pytest.mark.parametrize("kind, reason", [("ignored", NotKept.TOPIC), ("ping", NotKept.PING)])
def test_what_nobody_asked_for_is_answered_and_counted(send, kind, reason):
    assert send(kind=kind).status_code == 200
    assert not InboundEvent.objects.exists()
    assert counted() == {reason: 1}


@pytest.mark.parametrize("shop", ["hats", "local"])
def test_there_is_no_hook_for_other_shops(client, shop):
    response = post_raw(client, BODY, signed(), f"/api/v1/webhooks/{shop}/")
    assert response.status_code == 404
    assert not DeliveryCount.objects.exists()


@pytest.mark.parametrize("path", ["Shoes", "shoes/x", "-", "shoes%00", "shoes%0a"])
def test_other_addresses_are_none(client, path):
    assert post_raw(client, BODY, signed(), f"/api/v1/webhooks/{path}").status_code == 404


def test_the_slash_at_the_end_may_be_missing(client):
    assert post_raw(client, BODY, signed(), ADDRESS.rstrip("/")).status_code == 202


def test_only_a_post_is_a_delivery(client):
    assert client.get(ADDRESS).status_code == 405


def test_no_token_of_a_form_is_asked_for(send):
    assert send(via=Client(enforce_csrf_checks=True)).status_code == 202


def test_a_request_to_erase_somebody_is_kept_without_its_payload(send):
    send(kind="redact_customer", email="ann@example.org")
    assert InboundEvent.objects.get().payload is None


def test_counts_are_one_row_a_day_and_reason(client):
    for number in range(5):
        post_raw(client, BODY, signed() | {"webhook-id": f"other-{number}"})
    assert counted() == {NotKept.SIGNATURE: 5}
    assert DeliveryCount.objects.count() == 1


def test_a_database_that_is_away_asks_the_sender_to_come_back(send, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(InboundEvent, "save", fail)
    response = send()
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0


def test_one_wake_up_brings_the_worker_to_all_that_wait(
    send, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        send("msg_1")
    with django_capture_on_commit_callbacks(execute=True):
        send("msg_2")
    assert woken == ["prodimages"]
    InboundEvent.objects.update(state=InboundState.DONE)
    with django_capture_on_commit_callbacks(execute=True):
        send("msg_3")
    assert woken == ["prodimages"] * 2


def test_a_delivery_costs_few_queries(send, django_assert_max_num_queries):
    send("msg_0")
    with django_assert_max_num_queries(4):  # the row, in a savepoint, and who else waits
        send("msg_1")


def test_an_answer_takes_well_under_a_second(send):
    send("msg_0")
    started = time.perf_counter()
    send("msg_1")
    assert time.perf_counter() - started < 0.5
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.parametrize("stated", ["9" * 20, "9" * 5000])
def test_a_stated_length_of_any_digits_is_over_the_cap(client, stated):
    assert post_raw(client, BODY, signed(), CONTENT_LENGTH=stated).status_code == 413
    assert counted() == {NotKept.TOO_BIG: 1}
