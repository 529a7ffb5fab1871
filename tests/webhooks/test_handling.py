from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome, FailureKind, InboundState, JobState, Source
from prodimages.exceptions import BudgetSpent, LeaseLost, TransitionRefused
from prodimages.models import GenerationJob, InboundAttempt, InboundEvent, StyleRule, Submission
from prodimages.services.inbound import handling, queue
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.testapp.platform import DictionaryShop, outside
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


def test_a_thin_event_is_fetched_by_the_worker(send, rule, shoes):
    shoes.remote["9"] = outside("9", at=3)
    thin(send, id="9")
    assert shoes.asked == []
    work()
    assert shoes.asked == ["9"]
    assert GenerationJob.objects.count() == 2


def thin(send, event_id="msg_1", **event):
    """An event that names the product and tells nothing of it."""
    send(event_id, **event)
    row = InboundEvent.objects.get(event_id=event_id)
    row.payload.pop("name")
    row.save()


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
