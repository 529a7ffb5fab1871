"""Each job settles what it held once, by what was made and how long it took."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import AttemptOutcome, JobState
from prodimages.exceptions import BudgetSpent
from prodimages.models import BudgetDay, BudgetHold, GenerationJob
from prodimages.services import (
    budgets,
    housekeeping,
    lifecycle,
    queue,
    settlement,
)
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_product, make_style
from tests.services.running import run_to_the_end
from tests.services.spending import budget, job_of, order, pictures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


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
