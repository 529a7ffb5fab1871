"""Events outlive their workers, order nothing twice, and can be replayed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome
from prodimages.exceptions import LeaseLost, TransitionRefused
from prodimages.models import GenerationJob, InboundAttempt, InboundEvent, StyleRule
from prodimages.services.inbound import queue
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.testapp.platform import DictionaryShop, outside
from tests.webhooks.conftest import outcomes, work

pytestmark = pytest.mark.django_db


def test_an_event_whose_worker_died_is_taken_over_and_the_old_one_is_fenced_off(send):
    send()
    first = queue.claim("dead")
    assert queue.claim("other") is None
    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    second = queue.claim("other")
    assert second.token == first.token + 1
    with pytest.raises(LeaseLost):
        queue.finish(first, "late")
    queue.finish(second, "done by the other")
    crashed, done = InboundAttempt.objects.order_by("pk")
    assert (crashed.outcome, done.outcome) == (AttemptOutcome.CRASHED, AttemptOutcome.SUCCEEDED)
    assert outcomes() == [("done", "done by the other")]


def test_an_event_that_kills_its_workers_ends(send):
    send()
    for _attempt in range(queue.MOST_ATTEMPTS):
        assert queue.claim("dead") is not None
        InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert queue.claim("another") is None
    assert outcomes() == [("failed", "The worker stopped answering.")]


def test_a_crash_between_ordering_and_recording_orders_nothing_twice(send, rule, monkeypatch):
    def die(self, product):
        raise SystemExit

    monkeypatch.setattr(DictionaryShop, "settle", die)
    send()
    with pytest.raises(SystemExit):
        work()
    monkeypatch.undo()
    assert MirroredProduct.objects.get().waits
    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    work()
    assert GenerationJob.objects.count() == 2
    assert not MirroredProduct.objects.get().waits


def test_an_ended_event_can_be_replayed(send, rule):
    StyleRule.objects.update(is_active=False)
    send()
    work()
    assert not GenerationJob.objects.exists()
    StyleRule.objects.update(is_active=True)
    queue.replay(InboundEvent.objects.get())
    work()
    assert GenerationJob.objects.count() == 2


def test_a_replay_without_a_payload_asks_the_shop(send, rule, shoes):
    send()
    work()
    InboundEvent.objects.update(payload=None)
    shoes.remote["7"] = outside("7", name="Shoe, as it is now", at=20)
    queue.replay(InboundEvent.objects.get())
    work()
    assert Product.objects.get().name == "Shoe, as it is now"


def test_an_event_that_waits_can_not_be_replayed(send):
    send()
    with pytest.raises(TransitionRefused):
        queue.replay(InboundEvent.objects.get())
