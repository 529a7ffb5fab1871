from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from prodimages.choices import JobState, Source
from prodimages.exceptions import TransitionRefused
from prodimages.models import GenerationJob, Style
from prodimages.services import lifecycle, proofs, queue, wakeup
from prodimages.services.submission import Order, submit
from tests.concurrency import at_once
from tests.factories import make_product, make_style
from tests.services.running import QUEUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def order(products, **values):
    defaults = {"style": make_style(), "source": Source.ADMIN, "client": "ann", "proof": True}
    return submit(Order(products=products, **(defaults | values)))


@pytest.fixture
def small(settings):
    """A shop where five products are a big order already."""
    settings.PRODIMAGES = settings.PRODIMAGES | {"PROOF_OVER": 4}


@pytest.fixture
def submission(small):
    return order([make_product() for _each in range(5)]).submission


def states(submission) -> list[str]:
    return list(submission.jobs.order_by("pk").values_list("state", flat=True))


def everything():
    return GenerationJob.objects.all()


def test_three_are_queued_and_the_rest_is_held(submission):
    assert states(submission) == ["queued"] * 3 + ["held"] * 2
    claimed = queue.claim("one", QUEUES, limit=10)
    assert {item.job.pk for item in claimed} <= set(
        submission.jobs.order_by("pk").values_list("pk", flat=True)[:3]
    )
    assert proofs.held(submission).count() == 2


def test_an_order_that_is_not_large_or_not_proofed_holds_nothing(small):
    products = [make_product() for _each in range(5)]
    assert set(states(order(products[:4]).submission)) == {"queued"}
    assert set(states(order(products, proof=False).submission)) == {"queued"}


def test_zero_never_proofs(settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"PROOF_OVER": 0}
    assert set(states(order([make_product() for _each in range(5)]).submission)) == {"queued"}


def test_the_same_form_twice_is_one_order(small):
    products, style = [make_product() for _each in range(5)], make_style()
    first = order(products, style=style, idempotency_key="k")
    proofs.make_rest(first.submission, everything())
    again = order(products, style=style, idempotency_key="k")
    assert (again.created, again.submission) == (False, first.submission)
    assert set(states(first.submission)) == {"queued"}


def test_the_yes_queues_the_rest_with_one_wake(
    submission, monkeypatch, django_capture_on_commit_callbacks
):
    connection.run_on_commit.clear()  # the order's own wake
    woken = []
    monkeypatch.setattr(wakeup.publisher, "publish", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        assert proofs.make_rest(submission, everything()) == 2
    assert woken == ["prodimages"]
    assert set(states(submission)) == {"queued"}
    for decide in (proofs.make_rest, proofs.cancel_rest):
        with pytest.raises(TransitionRefused, match="held any more"):
            decide(submission, everything())


def test_the_no_ends_the_rest_and_tells_the_host(
    submission, ended, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert proofs.cancel_rest(submission, everything()) == 2
    assert states(submission) == ["queued"] * 3 + ["canceled"] * 2
    assert sorted(state for _pk, state in ended) == ["canceled", "canceled"]
    assert submission.jobs.filter(state=JobState.CANCELED, ended_at=None).count() == 0


def test_what_is_out_of_reach_stays_held(submission):
    mine = submission.jobs.order_by("pk").last()
    assert proofs.make_rest(submission, GenerationJob.objects.filter(pk=mine.pk)) == 1
    assert states(submission) == ["queued"] * 3 + ["held", "queued"]


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_once_are_never_mixed(submission):
    def decide(number: int) -> int:
        act = proofs.make_rest if number % 2 else proofs.cancel_rest
        return act(submission, everything())

    outcomes = at_once(6, decide)
    assert [result for result in outcomes if isinstance(result, int)] == [2]
    assert all(isinstance(result, int | TransitionRefused) for result in outcomes)
    assert len(set(states(submission)[3:])) == 1


def test_the_rest_is_made_as_it_was_ordered(submission):
    held = proofs.held(submission).first()
    assert not proofs.style_changed(submission)
    Style.objects.filter(pk=held.style_id).update(
        prompt="{name} on the moon", updated_at=timezone.now()
    )
    assert proofs.style_changed(submission)
    proofs.make_rest(submission, everything())
    held.refresh_from_db()
    assert "on a table" in held.plan["prompt"]


def test_one_held_job_can_be_canceled_and_not_retried(submission):
    held = proofs.held(submission).first()
    with pytest.raises(TransitionRefused, match="not ended"):
        lifecycle.retry(held)
    lifecycle.cancel(held)
    assert held.state == JobState.CANCELED
    lifecycle.retry(held)
    assert held.state == JobState.QUEUED


def test_a_deleted_product_ends_its_held_job(submission):
    held = proofs.held(submission).first()
    held.product.delete()
    held.refresh_from_db()
    assert (held.state, held.error_kind) == (JobState.CANCELED, "product_deleted")
    assert proofs.make_rest(submission, everything()) == 1
