"""A big order's first pictures before the rest: what is held, and the yes or no to it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import JobState
from prodimages.conf import settings
from prodimages.exceptions import TransitionRefused
from prodimages.models import GenerationJob, Submission
from prodimages.services import budgets, queue, wakeup

PROOFS = 3
"""How many jobs of an order are made before the rest."""


def asks(product_count: int) -> bool:
    """Whether an order over so many products is large enough to be proofed."""
    return bool(settings.PROOF_OVER) and product_count > settings.PROOF_OVER


def hold_rest(jobs: Sequence[GenerationJob]) -> None:
    """Hold all of the unsaved ``jobs`` of one order but the first few, if it is large enough."""
    if asks(len({job.product_id for job in jobs})):
        for job in jobs[PROOFS:]:
            job.state = JobState.HELD


def held(submission: Submission) -> QuerySet[GenerationJob]:
    return submission.jobs.filter(state=JobState.HELD)


def style_changed(submission: Submission) -> bool:
    """Whether a style was edited after its pictures were ordered: the held plans are older."""
    later = F("submission__created_at")
    return held(submission).filter(style__updated_at__gt=later).exists()


def make_rest(submission: Submission, jobs: QuerySet[GenerationJob]) -> int:
    """Queue the held ones among ``jobs`` as they were planned; returns how many.

    Raises TransitionRefused when somebody has decided already; BudgetSpent, with all of them
    still held, when they are more than the day's budget has room for.
    """
    with transaction.atomic():
        rest = _locked(submission, jobs)
        made = list(rest.defer("plan"))
        queues = set(rest.order_by().values_list("queue", flat=True).distinct())
        count = _decided(rest.update(state=JobState.QUEUED, due_at=timezone.now()))
        for name in queues:
            wakeup.wake_on_commit(name)
        queued = set(submission.jobs.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        # Without what somebody canceled between the two statements before.
        made = [job for job in made if job.pk in queued]
        for job in made:
            job.state = JobState.QUEUED
        budgets.reserve(made, submission.api_key)
    return count


def cancel_rest(submission: Submission, jobs: QuerySet[GenerationJob]) -> int:
    """End the held ones among ``jobs``; returns how many. Raises TransitionRefused as above."""
    with transaction.atomic():
        rest = _locked(submission, jobs)
        keys = list(rest.values_list("pk", flat=True))
        count = _decided(
            rest.update(state=JobState.CANCELED, ended_at=timezone.now(), active_key=None)
        )
        for key in keys:
            queue.announce_end(key)
    return count


def _locked(submission: Submission, jobs: QuerySet[GenerationJob]) -> QuerySet[GenerationJob]:
    """The held jobs among ``jobs``, with the order locked: a yes and a no never share it.

    SQLite has no row locks and needs none: there one writer excludes all others.
    """
    Submission.objects.select_for_update().get(pk=submission.pk)
    return held(submission).filter(pk__in=jobs.order_by().values("pk"))


def _decided(count: int) -> int:
    if not count:
        raise TransitionRefused(_("Nothing of this order is held any more."))
    return count
