"""Deletions and late, doubled or simultaneous events: the shop's own state is what holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import FailureKind, JobState
from prodimages.models import GenerationJob, InboundEvent
from shop_integration.catalogue.models import Product
from tests.testapp.platform import outside
from tests.webhooks.conftest import work

pytestmark = pytest.mark.django_db


def test_a_deleted_product_ends_its_jobs_with_the_reason(send, rule):
    send("msg_1")
    work()
    send("msg_2", kind="deleted", at=9)
    work()
    jobs = GenerationJob.objects.values_list("state", "error_kind").order_by().distinct()
    assert list(jobs) == [(JobState.CANCELED, FailureKind.PRODUCT_DELETED)]
    assert not Product.objects.exists()


def test_a_late_event_does_not_bring_a_deleted_product_back(send, rule, shoes):
    send("msg_3", kind="deleted", at=9)
    send("msg_1", kind="created", at=0)
    send("msg_2", kind="updated", at=4)
    work()
    assert not Product.objects.exists()
    assert not GenerationJob.objects.exists()
    assert shoes.asked == []


def test_a_product_that_is_back_is_taken_for_new(send, rule, shoes):
    send("msg_1")
    send("msg_2", kind="deleted", at=5)
    work()
    shoes.remote["7"] = outside("7", at=8)
    send("msg_3", kind="updated", at=8)
    work()
    assert Product.objects.get().name == "Shoe 7"
    assert GenerationJob.objects.filter(state=JobState.QUEUED).count() == 2


def test_two_states_of_one_second_are_settled_by_the_shop(send, rule, shoes):
    shoes.remote["7"] = outside("7", name="Truth", at=0)
    send("msg_1", name="One")
    send("msg_2", kind="updated", name="Two")
    work()
    assert Product.objects.get().name == "Truth"


def test_a_deletion_of_what_is_still_there_is_checked(send, shoes):
    send("msg_1", at=50)
    shoes.remote["7"] = outside("7", at=50)
    send("msg_2", kind="deleted", at=10)
    work()
    assert Product.objects.count() == 1
    del shoes.remote["7"]
    send("msg_3", kind="deleted", at=10)
    work()
    assert not Product.objects.exists()


def test_a_product_that_is_deleted_once_more_looks_like_a_repeat_and_is_none(send, shoes):
    shoes.remote["7"] = outside("7", at=8)
    send("msg_1", at=0)
    deletion = {"kind": "deleted", "at": None}
    assert send("deleted:7", **deletion).status_code == 202
    work()
    send("msg_3", kind="updated", at=8)
    work()
    assert Product.objects.exists()
    del shoes.remote["7"]
    assert send("deleted:7", **deletion).status_code == 200  # a moment later: a repeat
    InboundEvent.objects.update(ended_at=timezone.now() - timedelta(minutes=11))
    assert send("deleted:7", **deletion).status_code == 202
    work()
    assert not Product.objects.exists()
