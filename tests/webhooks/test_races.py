from __future__ import annotations

import pytest

from prodimages.models import GenerationJob, InboundAttempt, InboundEvent, Submission
from prodimages.services.inbound import receiving
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.concurrency import at_once
from tests.webhooks.conftest import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(receiving.wakeup, "wake", lambda queue: None)


def test_a_hundred_copies_are_one_job_for_each_style(send, rule):
    from django.test import Client

    def deliver(number):
        return [send("msg_1", via=Client()).status_code for _copy in range(10)]

    statuses = [status for part in at_once(10, deliver) for status in part]
    assert sorted(statuses) == [200] * 99 + [202]
    at_once(4, lambda number: work())
    assert Submission.objects.count() == 1
    assert GenerationJob.objects.count() == 2


def test_an_update_and_its_creation_at_once_are_one_product_and_one_order(send, rule):
    send("msg_1", kind="created", at=0)
    send("msg_2", kind="updated", name="Shoe, red", at=5)
    send("msg_3", kind="updated", name="Shoe, blue", at=9)
    outcomes = at_once(3, lambda number: work())
    assert sum(outcomes) == 3
    assert Product.objects.get().name == "Shoe, blue"
    assert MirroredProduct.objects.count() == 1
    assert Submission.objects.count() == 1


def test_each_event_is_worked_on_by_one_worker(send):
    for number in range(12):
        send(f"msg_{number}", id=str(number))
    assert sum(at_once(4, lambda number: work())) == 12
    assert InboundAttempt.objects.count() == 12
    assert InboundEvent.objects.ended().count() == 12
    assert Product.objects.count() == 12
