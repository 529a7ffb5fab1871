"""Budgets are reserved in the order's transaction, and never overspent."""

from __future__ import annotations

import pytest
from django.utils import timezone

from prodimages.choices import Scope
from prodimages.exceptions import BudgetSpent
from prodimages.models import Budget, BudgetDay, BudgetHold, GenerationJob, Submission
from prodimages.services import (
    api_keys,
    budgets,
    proofs,
)
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_product, make_style
from tests.services.running import run_to_the_end
from tests.services.spending import budget, job_of, order, pictures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


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
