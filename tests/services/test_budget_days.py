"""A budget's days: those of the shop, each with the overrun of the day before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from prodimages.choices import AttemptOutcome, JobState
from prodimages.exceptions import BudgetSpent
from prodimages.models import Budget, BudgetDay, GenerationJob
from prodimages.services import (
    budget_days,
    budgets,
    settlement,
)
from tests.conftest import FLAT
from tests.services.spending import budget, job_of, order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


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
