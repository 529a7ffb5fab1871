"""Events of a shop become products and orders by its rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome, Source
from prodimages.exceptions import BudgetSpent
from prodimages.models import GenerationJob, InboundAttempt, InboundEvent, Submission
from prodimages.services.inbound import handling
from shop_integration.catalogue.models import Product
from tests.webhooks.conftest import outcomes, work

pytestmark = pytest.mark.django_db


def test_a_new_product_gets_its_pictures_by_the_rules(send, rule):
    send()
    assert work() == 1
    submission = Submission.objects.get()
    assert (submission.source, submission.client) == (Source.WEBHOOK, "webhook")
    jobs = list(submission.jobs.order_by("pk"))
    assert {job.style for job in jobs} == set(rule.styles.all())
    assert {(job.shop, job.chosen_by, job.product_label) for job in jobs} == {
        ("shoes", "every shoe", "Shoe 7")
    }
    assert outcomes() == [("done", "Its first pictures are ordered: 2 jobs.")]
    attempt = InboundAttempt.objects.get()
    assert attempt.outcome == AttemptOutcome.SUCCEEDED
    assert attempt.ended_at is not None


def test_an_update_before_its_creation_is_one_product_and_one_order(send, rule):
    send("msg_2", kind="updated", name="Shoe, red", at=5)
    send("msg_1", kind="created", name="Shoe", at=0)
    work()
    assert Product.objects.get().name == "Shoe, red"
    assert Submission.objects.count() == 1
    assert outcomes()[1] == ("done", "Something newer was known already.")


def test_later_events_order_nothing_more(send, rule):
    send("msg_1")
    send("msg_2", kind="updated", name="Shoe, blue", at=9)
    work()
    assert Product.objects.get().name == "Shoe, blue"
    assert Submission.objects.count() == 1


def test_a_product_without_a_photo_waits_for_the_update_that_brings_one(send, rule):
    send("msg_1", bare=True)
    work()
    assert not GenerationJob.objects.exists()
    assert "no photo" in outcomes()[0][1]
    send("msg_2", kind="updated", at=1)
    work()
    assert GenerationJob.objects.count() == 2


def test_a_product_that_no_rule_is_for_waits_as_well(send, rule):
    send("msg_1", category="hats")
    work()
    assert "No rule" in outcomes()[0][1]
    send("msg_2", kind="updated", category="shoes/boots", at=1)
    work()
    assert GenerationJob.objects.count() == 2


def test_nothing_is_kept_of_customers(send):
    send(kind="redact_customer")
    work()
    assert outcomes() == [("done", "Nothing is kept of the shop's customers.")]


def test_a_shop_that_is_declared_no_more_fails_in_words(send, settings, flat):
    send()
    settings.PRODIMAGES = flat
    work()
    assert outcomes()[0][0] == "failed"
    assert "shoes" in outcomes()[0][1]


def test_a_spent_budget_waits_for_the_next_day_without_a_charge(send, rule, monkeypatch):
    tomorrow = timezone.now() + timedelta(hours=5)

    def refuse(order):
        raise BudgetSpent("Today's pictures are made.", resets_at=tomorrow)

    monkeypatch.setattr(handling, "submit", refuse)
    send()
    work()
    event = InboundEvent.objects.get()
    assert (event.state, event.due_at, event.attempts_made) == ("waiting", tomorrow, 0)
    monkeypatch.undo()
    InboundEvent.objects.update(due_at=timezone.now())
    work()
    assert GenerationJob.objects.count() == 2


def test_a_worker_of_other_queues_leaves_events_alone(send):
    send()
    assert handling.run_next(["gpu"]) == 0
    assert handling.anything_due(["gpu"]) == []
    assert handling.anything_due(["gpu", "prodimages"]) == ["prodimages"]
