"""Cancel and retry, by compare-and-set: whatever else happens at the same moment."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import JobState
from prodimages.exceptions import TransitionRefused
from prodimages.models import GenerationJob
from prodimages.services import budgets, queue, wakeup


def cancel(job: GenerationJob) -> None:
    """End a held or queued job now; ask a running one to stop after its present unit of work.

    Raises TransitionRefused for a job that has ended already.
    """
    # Twice, because a running job may go back to the queue between the two questions.
    for _again in range(2):
        mine = GenerationJob.every.filter(pk=job.pk)
        if mine.filter(state__in=[JobState.HELD, JobState.QUEUED]).update(
            state=JobState.CANCELED, ended_at=timezone.now(), active_key=None
        ):
            queue.announce_end(job.pk)
            job.refresh_from_db()
            return
        if mine.filter(state=JobState.RUNNING).update(cancel_requested=True):
            job.refresh_from_db()
            return
    raise TransitionRefused(_("The job has ended already."))


def retry(job: GenerationJob) -> None:
    """Queue an ended job again; it makes only the pictures that are missing.

    Raises TransitionRefused for a job that has not ended, or has all its pictures; BudgetSpent
    when they are more than the day's budget has room for.
    """
    job.refresh_from_db()
    if job.state == JobState.SUCCEEDED and job.images.count() >= job.count:
        raise TransitionRefused(_("The job has made all its pictures already."))
    if job.product_id is None:
        raise TransitionRefused(_("The product was deleted; nothing can be made for it."))
    with transaction.atomic():
        changed = GenerationJob.every.filter(
            pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELED, JobState.SUCCEEDED]
        ).update(
            state=JobState.QUEUED,
            due_at=timezone.now(),
            attempts_made=0,
            cancel_requested=False,
            error="",
            error_kind="",
            progress=0,
            stage="",
            ended_at=None,
            started_at=None,
            seconds=None,
            # Whatever a worker of before still writes, it writes with an older token.
            lease_token=F("lease_token") + Value(1),
        )
        if not changed:
            raise TransitionRefused(_("The job has not ended yet."))
        job.refresh_from_db()
        budgets.reserve([job], job.submission.api_key)
        wakeup.wake_on_commit(job.queue)
    job.refresh_from_db()
