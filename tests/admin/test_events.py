from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from prodimages.choices import InboundState
from prodimages.models import DeliveryCount, InboundAttempt, InboundEvent
from prodimages.services.inbound import receiving

pytestmark = pytest.mark.django_db

LIST = "admin:prodimages_inboundevent_changelist"
PAGE = "admin:prodimages_inboundevent_change"
REPLAY = "admin:prodimages_inboundevent_replay"
VIEW = "prodimages.view_inboundevent"


def make_event(event_id="msg_1", state=InboundState.DONE, **values) -> InboundEvent:
    ended = state in (InboundState.DONE, InboundState.FAILED)
    defaults = {
        "shop": "shoes",
        "kind": "created",
        "topic": "products/create",
        "external_id": "7",
        "payload": {"title": "Boot <b>"},
        "outcome": "The product is up to date.",
        "ended_at": timezone.now() if ended else None,
    }
    return InboundEvent.objects.create(event_id=event_id, state=state, **(defaults | values))


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(receiving.wakeup, "wake_on_commit", lambda queue: None)


def test_the_list_shows_what_came_and_what_was_done(client_with):
    make_event()
    text = client_with(VIEW).get(reverse(LIST)).content.decode()
    for shown in ("product created", "shoes", "The product is up to date."):
        assert shown in text


def test_an_event_is_found_by_its_product(client_with):
    make_event("a", external_id="7")
    make_event("b", external_id="77")
    client = client_with(VIEW)
    assert client.get(reverse(LIST), {"q": "77"}).context["cl"].result_count == 1
    assert client.get(reverse(LIST), {"q": "a"}).context["cl"].result_count == 1


def test_the_list_reads_no_payloads(client_with, django_assert_max_num_queries):
    for number in range(20):
        make_event(f"msg_{number}")
    client = client_with(VIEW)
    with django_assert_max_num_queries(8):
        client.get(reverse(LIST))


def test_a_payload_needs_a_permission_of_its_own(client_with):
    event = make_event()
    page = reverse(PAGE, args=[event.pk])
    assert "Boot" not in client_with(VIEW).get(page).content.decode()
    text = client_with(VIEW, "prodimages.view_payload").get(page).content.decode()
    assert "Boot &lt;b&gt;" in text


def test_an_erased_payload_is_said_to_be(boss_client):
    event = make_event(payload=None)
    assert "It was erased" in boss_client.get(reverse(PAGE, args=[event.pk])).content.decode()


def test_the_page_shows_the_attempts(client_with):
    event = make_event()
    InboundAttempt.objects.create(event=event, token=1, worker="w", text="The shop answered 503.")
    text = client_with(VIEW).get(reverse(PAGE, args=[event.pk])).content.decode()
    assert "The shop answered 503." in text


def test_nobody_adds_changes_or_deletes_an_event(boss_client):
    event = make_event()
    for name in ("add", "delete"):
        args = [event.pk] if name == "delete" else []
        url = reverse(f"admin:prodimages_inboundevent_{name}", args=args)
        assert boss_client.get(url).status_code == 403
    assert boss_client.post(reverse(PAGE, args=[event.pk]), {"shop": "x"}).status_code == 403


def test_a_replay_asks_first_and_acts_on_a_post(client_with):
    event = make_event()
    client = client_with(VIEW, "prodimages.replay_inboundevent")
    assert "Replay…" in client.get(reverse(PAGE, args=[event.pk])).content.decode()
    url = reverse(REPLAY, args=[event.pk])
    assert "once more" in client.get(url).content.decode()
    event.refresh_from_db()
    assert event.state == InboundState.DONE
    assert client.post(url, {"_replay": "1"}).status_code == 302
    event.refresh_from_db()
    assert event.state == InboundState.WAITING


def test_a_replay_needs_its_permission(client_with):
    event = make_event()
    client = client_with(VIEW)
    assert "Replay…" not in client.get(reverse(PAGE, args=[event.pk])).content.decode()
    for ask in (client.get, client.post):
        assert ask(reverse(REPLAY, args=[event.pk])).status_code == 403


def test_an_unknown_event_is_said_to_be(boss_client):
    assert boss_client.get(reverse(REPLAY, args=["12345"])).status_code == 302


def test_several_are_replayed_after_a_question(boss_client):
    done, failed = make_event("a"), make_event("b", InboundState.FAILED)
    waiting = make_event("c", InboundState.WAITING)
    keys = [str(event.pk) for event in (done, failed, waiting)]
    data = {"action": "replay_events", "_selected_action": keys}
    asked = boss_client.post(reverse(LIST), data)
    assert "once more" in asked.content.decode()
    assert InboundEvent.objects.filter(state=InboundState.WAITING).count() == 1
    told = boss_client.post(reverse(LIST), data | {"_replay": "1"}, follow=True)
    assert InboundEvent.objects.filter(state=InboundState.WAITING).count() == 3
    text = told.content.decode()
    assert "2 events are queued." in text
    assert "1 event has not ended and was left alone." in text


def test_counts_are_shown(client_with):
    DeliveryCount.objects.create(shop="shoes", day="2026-01-02", reason="signature", count=41)
    client = client_with("prodimages.view_deliverycount")
    text = client.get(reverse("admin:prodimages_deliverycount_changelist")).content.decode()
    assert "41" in text
    assert "signature refused" in text
