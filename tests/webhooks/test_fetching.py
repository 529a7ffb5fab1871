"""A worker asks the shop for what an event does not tell, and bears its failures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome, InboundState
from prodimages.models import GenerationJob, InboundAttempt, InboundEvent
from prodimages.services.inbound import queue
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable
from tests.testapp.platform import DictionaryShop, outside
from tests.webhooks.conftest import outcomes, work

pytestmark = pytest.mark.django_db


def thin(send, event_id="msg_1", **event):
    """An event that names the product and tells nothing of it."""
    send(event_id, **event)
    row = InboundEvent.objects.get(event_id=event_id)
    row.payload.pop("name")
    row.save()


def test_a_thin_event_is_fetched_by_the_worker(send, rule, shoes):
    shoes.remote["9"] = outside("9", at=3)
    thin(send, id="9")
    assert shoes.asked == []
    work()
    assert shoes.asked == ["9"]
    assert GenerationJob.objects.count() == 2


def test_a_shop_that_is_away_is_asked_again_later(send, shoes, rule, settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"RETRY_SECONDS": 10}
    shoes.is_down = True
    thin(send)
    work()
    event = InboundEvent.objects.get()
    assert (event.state, event.outcome) == (InboundState.WAITING, "The shop answered 503.")
    assert timedelta(seconds=8) < event.due_at - timezone.now() < timedelta(seconds=11)
    assert event.attempts.get().outcome == AttemptOutcome.FAILED
    shoes.is_down = False
    shoes.remote["7"] = outside("7")
    InboundEvent.objects.update(due_at=timezone.now())
    work()
    assert GenerationJob.objects.count() == 2


def test_the_waits_grow_and_end(send, shoes, settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"RETRY_SECONDS": 10}
    shoes.is_down = True
    thin(send)
    waits = []
    for _attempt in range(queue.MOST_ATTEMPTS):
        InboundEvent.objects.update(due_at=timezone.now())
        work()
        event = InboundEvent.objects.get()
        waits.append(round((event.due_at - timezone.now()).total_seconds()))
    assert waits[:-1] == [10, 30, 90, 270, 810, 2430, 3600]
    assert event.state == InboundState.FAILED
    assert event.attempts.count() == queue.MOST_ATTEMPTS


def test_a_shop_may_say_how_long_to_wait(send, shoes, monkeypatch):
    def fetch(self, external_id):
        raise PlatformUnavailable("Too many requests.", retry_after=120)

    monkeypatch.setattr(DictionaryShop, "fetch", fetch)
    thin(send)
    work()
    assert InboundEvent.objects.get().due_at - timezone.now() > timedelta(seconds=110)


def test_what_the_shop_refuses_for_good_is_not_tried_again(send, monkeypatch):
    def fetch(self, external_id):
        raise PlatformRefused("The token has no right to read products.")

    monkeypatch.setattr(DictionaryShop, "fetch", fetch)
    thin(send)
    work()
    assert outcomes() == [("failed", "The token has no right to read products.")]


def test_an_error_of_an_adapter_stops_nobody_else(send, monkeypatch, rule):
    def product_of(self, event):
        raise KeyError("title") if event.external_id == "1" else ValueError

    monkeypatch.setattr(DictionaryShop, "product_of", product_of)
    DictionaryShop.remote["2"] = outside("2")
    send("msg_1", id="1")
    monkeypatch.undo()
    send("msg_2", id="2")
    monkeypatch.setattr(
        DictionaryShop,
        "product_of",
        lambda self, event: None if event.external_id == "2" else {}["title"],
    )
    work()
    states = dict(InboundEvent.objects.values_list("external_id", "state"))
    assert states["2"] == InboundState.DONE
    assert "KeyError" in InboundAttempt.objects.filter(event__external_id="1").first().text


def test_a_creation_is_looked_up_again_before_it_is_disbelieved(send, shoes):
    thin(send)
    for _attempt in range(3):
        work()
        InboundEvent.objects.update(due_at=timezone.now())
    assert outcomes() == [("done", "The shop has no such product any more.")]
    assert shoes.asked == ["7"] * 3
