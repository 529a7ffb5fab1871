"""The other half of a budget: what a job did cost takes the place of what was reserved."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from prodimages.choices import TERMINAL_JOB_STATES, AttemptOutcome
from prodimages.conf import settings
from prodimages.models import BudgetDay, BudgetHold, GenerationAttempt, GenerationJob
from prodimages.services.budget_days import Cost, correct_reserved, give

logger = logging.getLogger(__name__)


def settle_on_commit(jobs: Iterable[int]) -> None:
    """Settle what the jobs with these keys hold, once their end is committed.

    Not in the same transaction: a queue must not wait for a budget's row. What a process
    that dies in between leaves open, ``reconcile`` settles.
    """
    for key in jobs:
        transaction.on_commit(partial(settle, key), robust=True)


def settle(job: int) -> int:
    """Settle the holds of the job's runs that are over; returns how many there were."""
    if not BudgetHold.objects.filter(job=job, settled_at=None).exists():
        return 0
    with transaction.atomic():
        state = GenerationJob.every.filter(pk=job).values_list("state", "made_count").first()
        if state is None:
            return 0
        holds = list(BudgetHold.objects.filter(job=job).select_related("day").order_by("token"))
        runs = sorted({hold.token for hold in holds})
        made = {hold.token: hold.made_before for hold in holds}
        settled = 0
        for hold in sorted(holds, key=lambda hold: (hold.day.budget_id, hold.day.day)):
            later = next((token for token in runs if token > hold.token), None)
            if hold.settled_at or (later is None and state[0] not in TERMINAL_JOB_STATES):
                continue
            total = state[1] if later is None else made[later]
            spent = Cost(
                min(hold.pictures, max(0, total - hold.made_before)),
                _ms(job, after=hold.token, until=later),
            )
            settled += _close(hold, spent)
    return settled


def _ms(job: int, *, after: int, until: int | None) -> int:
    """Compute time of a run's attempts; of a crashed one, for how long it showed signs of life."""
    attempts = GenerationAttempt.objects.filter(job=job, token__gt=after)
    if until is not None:
        attempts = attempts.filter(token__lte=until)
    seconds = 0.0
    for attempt in attempts:
        if attempt.outcome == AttemptOutcome.CRASHED and attempt.ended_at:
            alive = (attempt.ended_at - attempt.started_at).total_seconds()
            seconds += max(0.0, alive - settings.LEASE_SECONDS)
        else:
            seconds += sum(attempt.timings.values())
    return round(seconds * 1000)


def _close(hold: BudgetHold, spent: Cost) -> bool:
    """Compare-and-set, so that a hold is settled once whoever else tries."""
    changed = BudgetHold.objects.filter(pk=hold.pk, settled_at=None).update(
        settled_at=timezone.now(), pictures_used=spent.pictures, ms_used=spent.ms
    )
    if changed:
        give(hold.day, reserved=Cost(hold.pictures, hold.ms), spent=spent)
    return bool(changed)


def reconcile(*, limit: int = 1000) -> int:
    """Settle what a dead process left open, and correct sums that drifted; returns how many."""
    corrected = 0
    open_holds = Q(holds__pk__isnull=False, holds__settled_at=None)
    reserved = Q(pictures_reserved__gt=0) | Q(ms_reserved__gt=0)
    for day in BudgetDay.objects.filter(reserved | open_holds).distinct()[:limit]:
        with transaction.atomic():
            if correct_reserved(day):
                logger.warning("What budget day %s had reserved was corrected.", day)
                corrected += 1
    over = Q(job__state__in=TERMINAL_JOB_STATES) | Q(job=None)
    stale = BudgetHold.objects.filter(over, settled_at=None).order_by("pk")
    for hold in stale.select_related("day")[:limit]:
        if hold.job_id is not None:
            corrected += settle(hold.job_id)
            continue
        with transaction.atomic():  # its job was deleted, so that nobody knows what it did cost
            corrected += _close(hold, Cost())
    return corrected
