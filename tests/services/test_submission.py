from __future__ import annotations

import dataclasses

import pytest

from prodimages.choices import JobState, Source
from prodimages.exceptions import IdempotencyConflict, RequestRefused
from prodimages.models import GenerationJob, ProductSettings, StyleRule, Submission
from prodimages.services import submission, wakeup
from prodimages.services.submission import Order, submit
from shop_integration.catalogue.models import Product
from tests.concurrency import at_once, in_thread
from tests.factories import make_product, make_style
from tests.services.running import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def order(*products, **values) -> Order:
    defaults = {"source": Source.ADMIN, "client": "user:1"}
    return Order(products=products, **(defaults | values))


def nothing_was_written() -> bool:
    return not Submission.objects.exists() and not GenerationJob.objects.exists()


def test_each_product_gets_a_job_with_a_plan_of_its_own():
    red, blue = make_product(name="Red mug"), make_product(name="Blue mug")
    receipt = submit(order(red, blue, style=make_style(), count=2, prompt="in the morning"))
    assert (receipt.created, receipt.job_count) == (True, 2)
    first, second = receipt.submission.jobs.order_by("pk")
    assert (first.product, first.product_label, first.count) == (red, "Red mug", 2)
    assert (first.state, first.queue, first.engine) == (JobState.QUEUED, "prodimages", "flat")
    assert first.plan["prompt"].startswith("Red mug on a table")
    assert "in the morning" in first.plan["prompt"]
    assert first.seed != second.seed
    assert first.batch_key == second.batch_key


def test_the_same_key_and_request_is_the_same_submission():
    product, style = make_product(), make_style()
    again = order(product, style=style, idempotency_key="k")
    first, second = submit(again), submit(again)
    assert first.submission == second.submission
    assert (second.created, second.job_count) == (False, 1)
    assert GenerationJob.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"count": 2}, {"seed": 7}, {"prompt": "outdoors"}, {"size": 512}]
)
def test_the_same_key_with_another_request_is_a_conflict(change):
    first = order(make_product(), style=make_style(), idempotency_key="k")
    submit(first)
    with pytest.raises(IdempotencyConflict):
        submit(dataclasses.replace(first, **change))
    assert Submission.objects.count() == 1


def test_another_client_or_no_key_is_another_submission():
    first = order(make_product(), style=make_style(), idempotency_key="k")
    submit(first)
    submit(dataclasses.replace(first, client="user:2"))
    submit(dataclasses.replace(first, idempotency_key=""))
    submit(dataclasses.replace(first, idempotency_key=""))
    assert Submission.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_requests_at_once_are_one_submission(monkeypatch):
    product, style = make_product(), make_style()
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    again = order(product, style=style, idempotency_key="k")
    outcomes = at_once(20, lambda number: submit(again))
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert len({receipt.submission.pk for receipt in outcomes}) == 1
    assert sum(receipt.created for receipt in outcomes) == 1
    assert {receipt.job_count for receipt in outcomes} == {1}
    assert (Submission.objects.count(), GenerationJob.objects.count()) == (1, 1)
    assert woken == ["prodimages"]


def test_products_without_a_photo_are_named_and_skipped():
    with_photo, without = make_product(), make_product(photo=None, name="Bare mug")
    receipt = submit(order(with_photo, without, style=make_style()))
    assert receipt.job_count == 1
    assert [item[1:] for item in receipt.skipped] == [("Bare mug", "The product has no photo yet.")]


def test_an_order_that_can_serve_no_product_is_refused_whole():
    with pytest.raises(RequestRefused, match="Bare mug: The product has no photo yet"):
        submit(order(make_product(photo=None, name="Bare mug"), style=make_style()))
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 99}, "count"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"size": 16}, "size"),
        ({"size": 100_000}, "size"),
        ({"products": []}, "products"),
        ({"shop": "nowhere"}, "shop"),
    ],
)
def test_what_can_not_be_served_is_refused_before_a_row_is_written(change, field):
    wanted = order(make_product(), style=make_style())
    with pytest.raises(RequestRefused) as caught:
        submit(dataclasses.replace(wanted, **change))
    assert field in caught.value.problems
    assert nothing_was_written()


def test_a_style_that_its_engine_refuses_leaves_nothing_behind():
    with pytest.raises(RequestRefused) as caught:
        submit(order(make_product(), style=make_style(parameters={"bad": 1})))
    assert "parameters" in caught.value.problems
    assert nothing_was_written()


def test_a_refused_product_in_the_middle_writes_nothing(monkeypatch):
    monkeypatch.setattr(submission, "CHUNK", 1)
    fine, bad = make_product(), make_product()
    made = submission.planner.make_plan

    def refuse_the_second(wish):
        if wish.product["name"] == bad.name:
            raise RequestRefused.about("prompt", "No.")
        return made(wish)

    monkeypatch.setattr(submission.planner, "make_plan", refuse_the_second)
    with pytest.raises(RequestRefused):
        submit(order(fine, bad, style=make_style()))
    assert nothing_was_written()


def test_the_first_rule_that_matches_chooses_and_is_remembered():
    mugs, rest = make_style(), make_style()
    for position, category, style in ((1, "kitchen", mugs), (2, "", rest)):
        rule = StyleRule.objects.create(
            name=f"rule {position}", position=position, category=category
        )
        rule.styles.add(style)
    mug, book = make_product(category="kitchen/mugs"), make_product(category="books")
    submit(order(mug, book))
    chosen = dict(GenerationJob.objects.values_list("product_id", "style_id"))
    assert chosen == {mug.pk: mugs.pk, book.pk: rest.pk}
    assert "rule 1" in GenerationJob.objects.get(product=mug).chosen_by


def test_a_products_own_styles_go_before_the_rules():
    by_rule, first, second = make_style(), make_style(), make_style()
    rule = StyleRule.objects.create(name="all")
    rule.styles.add(by_rule)
    product = make_product()
    ProductSettings.objects.create(product=product).styles.add(first, second)
    assert submit(order(product)).job_count == 2
    chosen = set(GenerationJob.objects.values_list("style_id", flat=True))
    assert chosen == {first.pk, second.pk}


def test_a_product_that_no_rule_knows_is_skipped_in_words():
    with pytest.raises(RequestRefused, match="No rule chooses a style"):
        submit(order(make_product()))


def test_many_products_take_few_queries(monkeypatch, django_assert_max_num_queries):
    style = make_style()
    products = [make_product() for _number in range(30)]
    monkeypatch.setattr(wakeup, "wake_on_commit", lambda queue: None)
    with django_assert_max_num_queries(12):
        assert submit(order(*products, style=style)).job_count == 30


@pytest.mark.django_db(transaction=True)
def test_a_product_deleted_while_its_order_is_written_is_refused_in_words(monkeypatch):
    product, style = make_product(), make_style()

    def delete():
        in_thread(Product.objects.filter(pk=product.pk).delete)

    wanted = order(product, style=style)
    with (
        before(monkeypatch, submission.planner, "make_plan", delete),
        pytest.raises(RequestRefused, match="deleted"),
    ):
        submit(wanted)
    assert nothing_was_written()
