"""Budgets are reserved in the order's transaction, settled once, and never overspent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from prodimages.choices import AttemptOutcome, JobState, Scope, Source
from prodimages.exceptions import BudgetSpent
from prodimages.models import Budget, BudgetDay, BudgetHold, GenerationJob, Submission
from prodimages.services import (
    api_keys,
    budget_days,
    budgets,
    housekeeping,
    lifecycle,
    proofs,
    queue,
    settlement,
)
from prodimages.services.submission import Order, submit
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_product, make_style
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


def budget(**values) -> Budget:
    return Budget.objects.create(**({"shop": "local"} | values))


def order(*products, style=None, **values):
    defaults = {"source": Source.API, "client": "tests", "style": style or make_style()}
    return submit(Order(products=products or [make_product()], **(defaults | values)))


def job_of(receipt) -> GenerationJob:
    return receipt.submission.jobs.get()


def pictures(of: Budget) -> tuple[int, int]:
    """Used and reserved of its newest day."""
    day = of.days.first()
    return day.pictures_used, day.pictures_reserved


def test_an_order_reserves_and_its_job_settles():
    mine = budget(pictures=10)
    job = job_of(order(count=3))
    assert pictures(mine) == (0, 3)
    run_to_the_end(job)
    assert pictures(mine) == (3, 0)
    hold = BudgetHold.objects.get()
    assert (hold.pictures_used, hold.settled_at is not None) == (3, True)
    assert hold.ms_used > 0


def test_without_a_budget_nothing_is_held():
    budget()
    run_to_the_end(job_of(order()))
    assert not BudgetDay.objects.exists()


def test_an_order_over_the_budget_is_refused_whole_and_in_words():
    mine = budget(pictures=4)
    order(count=3)
    with pytest.raises(BudgetSpent) as refused:
        order(make_product(), make_product())
    assert "shop “local” is spent: the order needs 2 pictures, 1 of 4 are left" in str(
        refused.value
    )
    assert refused.value.resets_at > timezone.now()
    assert 0 < budgets.seconds_until(refused.value) <= 24 * 3600
    assert pictures(mine) == (0, 3)
    assert Submission.objects.count() == GenerationJob.objects.count() == 1


def test_an_order_over_a_whole_day_says_that_waiting_does_not_help():
    budget(pictures=2)
    with pytest.raises(BudgetSpent) as refused:
        order(count=3)
    assert refused.value.resets_at is None
    assert "needs 3 pictures, but the daily budget" in str(refused.value)
    assert budgets.seconds_until(refused.value) is None


def test_the_key_and_the_shop_are_both_asked():
    key, _secret = api_keys.issue(shop="local", name="ERP", scopes=Scope)
    of_shop, of_key = budget(pictures=10), budget(key=key, pictures=2)
    other = budget(shop="elsewhere", pictures=1)
    order(count=2, api_key=key)
    with pytest.raises(BudgetSpent, match="API key “ERP”"):
        order(api_key=key)
    order()  # of staff: the shop's budget alone
    assert pictures(of_shop) == (0, 3)
    assert pictures(of_key) == (0, 2)
    assert not other.days.exists()


@pytest.mark.parametrize("count", [1, 4])
def test_racing_orders_never_overspend(count):
    mine = budget(pictures=10, seconds=1000)
    product, style = make_product(), make_style()
    outcomes = at_once(8, lambda number: order(product, style=style, count=count))
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetSpent)]
    fit = min(8, 10 // count)
    assert len(refused) == 8 - fit, outcomes
    assert pictures(mine) == (0, fit * count)
    assert GenerationJob.objects.count() == BudgetHold.objects.count() == fit


def test_racing_orders_through_several_keys_wait_for_each_other_in_one_order():
    keys = [api_keys.issue(shop="local", name=str(n), scopes=[])[0] for n in range(2)]
    for key in keys:
        budget(key=key, pictures=3)
    of_shop = budget(pictures=5)
    product, style = make_product(), make_style()
    outcomes = at_once(8, lambda n: order(product, style=style, api_key=keys[n % 2]))
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 3, outcomes
    assert pictures(of_shop) == (0, 5)


def test_a_canceled_job_gives_back_what_it_held():
    mine = budget(pictures=2)
    job = job_of(order(count=2))
    lifecycle.cancel(job)
    assert pictures(mine) == (0, 0)
    order(count=2)


def test_racing_ends_settle_once():
    mine = budget(pictures=9)
    job, other = job_of(order(count=2)), job_of(order(count=3))
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.FAILED, made_count=1)
    outcomes = at_once(6, lambda number: settlement.settle(job.pk))
    assert sum(outcomes) == 1, outcomes
    assert pictures(mine) == (1, 3)
    assert settlement.settle(other.pk) == 0  # it has not ended


def test_a_retry_reserves_and_pays_only_what_is_missing():
    mine = budget(pictures=4)
    job = job_of(order(count=3))
    run_to_the_end(job)
    job.images.first().delete()
    lifecycle.retry(job)
    assert pictures(mine) == (3, 1)
    run_to_the_end(job)
    assert pictures(mine) == (4, 0)
    job.images.first().delete()
    with pytest.raises(BudgetSpent):
        lifecycle.retry(job)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_a_run_that_a_retry_overtook_settles_with_its_own_part():
    mine = budget(pictures=9)
    job = job_of(order(count=3))
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.FAILED, made_count=2)
    lifecycle.retry(job)  # before anybody settled the first run
    assert settlement.settle(job.pk) == 1
    first, second = BudgetHold.objects.order_by("token")
    assert (first.pictures_used, second.settled_at) == (2, None)
    assert pictures(mine) == (2, second.pictures)


def test_held_jobs_cost_nothing_before_a_yes(settings):
    settings.PRODIMAGES = FLAT | {"PROOF_OVER": 3}
    mine = budget(pictures=5)
    products = [make_product() for _number in range(6)]
    submission = order(*products, proof=True).submission
    assert pictures(mine) == (0, 3)
    with pytest.raises(BudgetSpent):
        proofs.make_rest(submission, submission.jobs.all())
    assert proofs.held(submission).count() == 3
    Budget.objects.update(pictures=6)
    proofs.make_rest(submission, submission.jobs.all())
    assert pictures(mine) == (0, 6)


def test_a_no_to_the_proofs_leaves_only_what_was_made():
    mine = budget(pictures=50)
    products = [make_product() for _number in range(12)]
    submission = order(*products, proof=True).submission
    proofs.cancel_rest(submission, submission.jobs.all())
    assert pictures(mine) == (0, 3)


def test_a_deleted_product_gives_back_what_its_jobs_held():
    mine = budget(pictures=5)
    product = make_product()
    order(product, count=2)
    product.delete()
    assert pictures(mine) == (0, 0)


def test_compute_time_is_expected_by_the_style_and_settled_by_the_attempts(settings):
    settings.PRODIMAGES = FLAT | {"BUDGET_PICTURE_SECONDS": 30}
    mine, style = budget(seconds=100), make_style()
    job = job_of(order(style=style, count=2))
    assert mine.days.get().ms_reserved == 60_000
    with pytest.raises(BudgetSpent, match="about 60 compute-seconds, 40 of 100 are left"):
        order(count=2)
    run_to_the_end(job)
    day = mine.days.get()
    spent = sum(job.attempts.get().timings.values())
    assert day.ms_reserved == 0
    assert day.ms_used == round(spent * 1000)
    assert budgets.picture_ms(style.pk) == int(day.ms_used / 2)


def test_a_crashed_attempt_counts_as_long_as_it_lived(settings):
    settings.PRODIMAGES = FLAT | {"MAX_ATTEMPTS": 1, "LEASE_SECONDS": 60}
    mine = budget(seconds=100)
    job = job_of(order())
    (held,) = queue.claim("w", ["prodimages"])
    now = timezone.now()
    GenerationJob.objects.update(lease_expires_at=now - timedelta(seconds=1))
    type(held.attempt).objects.update(started_at=now - timedelta(seconds=75))
    queue.claim("v", ["prodimages"])
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.attempts.get().outcome == AttemptOutcome.CRASHED
    assert mine.days.get().ms_used == pytest.approx(15_000, abs=500)
    assert mine.days.get().ms_reserved == 0


def settled_with(job: GenerationJob, seconds: float) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, made_count=job.count)
    job.attempts.create(
        token=job.lease_token + 1,
        worker="w",
        outcome=AttemptOutcome.SUCCEEDED,
        timings={"generate": seconds},
    )
    settlement.settle(job.pk)


def test_an_overrun_counts_against_the_next_day(monkeypatch):
    mine = budget(seconds=20)
    day = date(2026, 3, 1)
    monkeypatch.setattr(budgets, "today", lambda shop: day)
    first = job_of(order())
    settled_with(first, 35.0)
    day += timedelta(days=1)
    with pytest.raises(BudgetSpent):
        order(count=1)
    newest = mine.days.first()
    assert newest is None or newest.day == date(2026, 3, 1)  # a refusal leaves nothing behind
    Budget.objects.update(seconds=26)  # 35 - 26 = 9 s over
    mine.refresh_from_db()
    with transaction.atomic():
        assert budget_days.open_day(mine, day).ms_used == 9_000


def test_what_ends_the_day_after_charges_its_overrun_there(monkeypatch):
    mine = budget(seconds=60)
    day = date(2026, 3, 1)
    monkeypatch.setattr(budgets, "today", lambda shop: day)
    late = job_of(order())
    day += timedelta(days=1)
    order()
    settled_with(late, 25.0)
    newer, older = mine.days.all()
    assert (older.ms_used, older.ms_reserved) == (10_000, 0)
    assert (newer.ms_used, newer.ms_reserved) == (15_000, 10_000)


def test_a_cap_that_was_lowered_is_no_overrun():
    mine = budget(seconds=100)
    BudgetDay.objects.create(budget=mine, day=date(2026, 3, 1), ms_used=90_000)
    Budget.objects.update(seconds=10)
    mine.refresh_from_db()
    with transaction.atomic():
        assert budget_days.open_day(mine, date(2026, 3, 2)).ms_used == 0


def test_days_are_those_of_the_shop(settings):
    settings.PRODIMAGES = FLAT | {
        "SHOPS": {"far": {"TIME_ZONE": "Pacific/Auckland"}, "near": {}},
    }
    evening = datetime(2026, 6, 1, 20, tzinfo=UTC)
    assert budget_days.today("far", evening) == date(2026, 6, 2)
    assert budget_days.today("near", evening) == date(2026, 6, 1)
    assert budget_days.resets_at("far", evening) == datetime(2026, 6, 2, 12, tzinfo=UTC)


def test_housekeeping_settles_what_a_dead_process_left_open():
    mine = budget(pictures=9)
    job, deleted, waiting = job_of(order(count=2)), job_of(order()), job_of(order(count=4))
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, made_count=2)
    GenerationJob.objects.filter(pk=deleted.pk).delete()
    assert housekeeping.reap().budgets == 2
    assert pictures(mine) == (2, waiting.count)
    assert housekeeping.reap().budgets == 0


def test_housekeeping_corrects_sums_that_drifted():
    mine = budget(pictures=9)
    order(count=2)
    BudgetDay.objects.update(pictures_reserved=7)
    assert housekeeping.reap().budgets == 1
    assert pictures(mine) == (0, 2)
