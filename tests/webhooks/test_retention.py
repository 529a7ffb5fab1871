from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.models import DeliveryCount, InboundAttempt, InboundEvent
from prodimages.services.housekeeping import reap
from prodimages.services.inbound import retention
from tests.webhooks.conftest import work

pytestmark = pytest.mark.django_db


def ended(days: float) -> None:
    InboundEvent.objects.update(ended_at=timezone.now() - timedelta(days=days))


def test_a_payload_is_erased_when_its_days_are_over(send):
    send()
    work()
    ended(29)
    assert reap().payloads == 0
    ended(31)
    assert reap().payloads == 1
    assert InboundEvent.objects.get().payload is None


def test_a_repeat_is_known_long_after_its_payload_was_erased(send):
    send()
    work()
    ended(299)
    retention.sweep()
    assert send().status_code == 200
    assert InboundEvent.objects.count() == 1


def test_the_row_goes_with_its_attempts_in_the_end(send):
    send()
    work()
    ended(301)
    DeliveryCount.objects.create(shop="shoes", day="2020-01-01", reason="topic", count=3)
    retention.sweep()
    assert not InboundEvent.objects.exists()
    assert not InboundAttempt.objects.exists()
    assert not DeliveryCount.objects.exists()


def test_an_event_that_waits_keeps_its_payload(send):
    send()
    InboundEvent.objects.update(received_at=timezone.now() - timedelta(days=999))
    retention.sweep()
    assert InboundEvent.objects.get().payload


def test_one_run_erases_no_more_than_it_is_told(send):
    for number in range(3):
        send(f"msg_{number}")
    work()
    ended(31)
    assert [retention.sweep(limit=2) for _run in range(3)] == [2, 1, 0]
