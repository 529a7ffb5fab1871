"""The job table as a queue: claim, renew, give back, end.

A claim raises the row's fencing token and sets a lease. Every later write names that
token in its WHERE clause, so a worker that lost its lease changes nothing.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, router, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import AttemptOutcome, FailureKind, JobState
from prodimages.conf import settings
from prodimages.exceptions import LeaseLost
from prodimages.models import GenerationAttempt, GenerationJob
from prodimages.services import settlement

logger = logging.getLogger(__name__)


# A silent job that ends as it is claimed, or that another was faster to take, gives way to
# the next one; but a claim does not look for ever.
_LOOKS = 4


@dataclasses.dataclass(frozen=True)
class Held:
    """A job that this process holds under ``token``."""

    job: GenerationJob
    token: int
    attempt: GenerationAttempt


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


def _candidates(
    queues: Sequence[str], now: datetime, limit: int, prefer: Collection[str]
) -> list[GenerationJob]:
    """Claimable jobs, oldest lease first; rows that others are claiming are passed over."""
    waiting = GenerationJob.every.filter(queue__in=queues)
    database = connections[router.db_for_write(GenerationJob)]
    if database.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    silent = waiting.filter(state=JobState.RUNNING, lease_expires_at__lt=now)
    found = list(silent.order_by("lease_expires_at")[:limit])
    if len(found) < limit:
        queued = waiting.filter(state=JobState.QUEUED, due_at__lte=now)
        if prefer and (highest := _highest_priority(queues, now)) is not None:
            warm = queued.filter(priority=highest, engine__in=prefer).order_by("id")
            found += warm[: limit - len(found)]
            queued = queued.exclude(pk__in=[job.pk for job in found])
        found += queued.order_by("-priority", "id")[: limit - len(found)]
    return found


def _highest_priority(queues: Sequence[str], now: datetime) -> int | None:
    """That of the queued jobs whose time has come. It locks none of them."""
    due = GenerationJob.every.filter(queue__in=queues, state=JobState.QUEUED, due_at__lte=now)
    return due.order_by("-priority").values_list("priority", flat=True).first()


def claim(
    worker: str, queues: Sequence[str], *, limit: int = 1, prefer: Collection[str] = ()
) -> list[Held]:
    """Take up to ``limit`` jobs that can run as one batch; fewer or none when others were faster.

    Of equal priority, jobs of the engines ``prefer`` go before older ones. A job whose worker
    went silent too often is failed here instead of being run again.
    """
    # A batch looks a little further, past jobs that don't fit it.
    room = limit if limit == 1 else max(limit, 4)
    held: list[Held] = []
    with transaction.atomic():
        now = timezone.now()
        for _look in range(_LOOKS):
            candidates = _candidates(queues, now, room, prefer)
            held = _take_batch(candidates, worker, now, limit)
            if held or not candidates:
                break
    return held


def _take_batch(
    candidates: Sequence[GenerationJob], worker: str, now: datetime, limit: int
) -> list[Held]:
    held: list[Held] = []
    for job in candidates:
        if len(held) == limit:
            break
        if held and not _fits(job, held[0].job):
            continue
        if job.state == JobState.RUNNING and not _end_silent_attempt(job, now):
            continue
        if taken := _take(job, worker, now):
            held.append(taken)
            if job.run_alone:
                break
    return held


def _fits(job: GenerationJob, first: GenerationJob) -> bool:
    return job.batch_key == first.batch_key and not job.run_alone and not first.run_alone


def _take(job: GenerationJob, worker: str, now: datetime) -> Held | None:
    """Compare-and-swap on the token: exactly one of two claimants changes the row."""
    token = job.lease_token + 1
    same = GenerationJob.every.filter(
        pk=job.pk, lease_token=job.lease_token, state=job.state, cancel_requested=False
    )
    # Values as read: whoever changes one of these also changes the token or the state.
    values: dict[str, Any] = {
        "state": JobState.RUNNING,
        "lease_token": token,
        "lease_expires_at": _lease_end(now),
        "attempts_made": job.attempts_made + 1,
        "started_at": job.started_at or now,
        "stage": "",
        "error": "",
        "error_kind": "",
    }
    if not same.update(**values):
        return None
    for name, value in values.items():
        setattr(job, name, value)
    attempt = GenerationAttempt.objects.create(job=job, token=token, worker=worker, started_at=now)
    return Held(job, token, attempt)


def _end_silent_attempt(job: GenerationJob, now: datetime) -> bool:
    """Close the attempt of a worker that went silent. True when the job may run again."""
    message = _("The worker stopped answering while it made these pictures.")
    over: dict[str, object] = {"ended_at": now, "lease_expires_at": None, "active_key": None}
    outcome, again = AttemptOutcome.CRASHED, False
    if job.cancel_requested:
        values = over | {"state": JobState.CANCELED}
        outcome = AttemptOutcome.CANCELED
    elif job.attempts_made >= settings.MAX_ATTEMPTS:
        values = over | {
            "state": JobState.FAILED,
            "error_kind": FailureKind.CRASHED,
            "error": message,
        }
    else:
        values = {"run_alone": True}
        again = job.run_alone = True
    # The lease as it was seen: a worker that only was slow may have renewed it since.
    same = GenerationJob.every.filter(
        pk=job.pk,
        lease_token=job.lease_token,
        state=job.state,
        lease_expires_at=job.lease_expires_at,
    )
    if not same.update(**values):
        return False
    GenerationAttempt.objects.filter(job=job, token=job.lease_token, ended_at=None).update(
        outcome=outcome, error_kind=FailureKind.CRASHED, error=message, ended_at=now
    )
    if not again:
        announce_end(job.pk)
    return again


def release_silent(job: GenerationJob, now: datetime) -> bool:
    """Return a silent worker's job to the queue. False when it ended, or was claimed, instead."""
    with transaction.atomic():
        if not _end_silent_attempt(job, now):
            return False
        # The token rises, so that the worker writes nothing should it come back.
        changed = GenerationJob.every.held(job.pk, job.lease_token).update(
            state=JobState.QUEUED,
            lease_token=F("lease_token") + 1,
            lease_expires_at=None,
            due_at=now,
            stage="",
        )
        return bool(changed) and not _settle_cancel(job.pk)


def anything_claimable(queues: Iterable[str]) -> list[str]:
    """Those of ``queues`` in which a job could be claimed now."""
    claimable: QuerySet[GenerationJob] = GenerationJob.every.claimable().filter(
        queue__in=list(queues)
    )
    return list(claimable.order_by().values_list("queue", flat=True).distinct())


def renew(held: Iterable[Held]) -> set[int]:
    """Extend the leases. Returns the keys of the jobs that are no longer held."""
    end = _lease_end(timezone.now())
    return {
        item.job.pk
        for item in held
        if not GenerationJob.every.held(item.job.pk, item.token).update(lease_expires_at=end)
    }


def give_back(held: Held) -> None:
    """Return a claimed but unstarted job; the attempt is not charged."""
    values: dict[str, object] = {"state": JobState.QUEUED, "lease_expires_at": None}
    if held.job.attempts_made == 1:
        values["started_at"] = None
    with transaction.atomic():
        changed = GenerationJob.every.held(held.job.pk, held.token).update(
            attempts_made=F("attempts_made") - 1, **values
        )
        if changed:
            _close(held, AttemptOutcome.RETURNED)
            _settle_cancel(held.job.pk)


def _settle_cancel(pk: int) -> bool:
    """End a job that went back to the queue after somebody had asked to cancel it."""
    asked = GenerationJob.every.filter(pk=pk, state=JobState.QUEUED, cancel_requested=True)
    settled = bool(asked.update(state=JobState.CANCELED, ended_at=timezone.now(), active_key=None))
    if settled:
        announce_end(pk)
    return settled


def announce_end(pk: int) -> None:
    """Settle the job's cost and tell the host that it has ended, once that is committed."""
    settlement.settle_on_commit([pk])

    def send() -> None:
        if not signals.job_ended.has_listeners(GenerationJob):
            return
        if job := GenerationJob.objects.filter(pk=pk).first():  # not a shopper's
            signals.job_ended.send_robust(sender=GenerationJob, job=job)

    transaction.on_commit(send, robust=True)


def end(
    held: Held,
    state: JobState,
    *,
    kind: str = "",
    error: str = "",
    notices: Sequence[str] | None = None,
    retry_at: datetime | None = None,
    run_alone: bool = False,
) -> None:
    """Leave the running state for ``state``, or for QUEUED when ``retry_at`` is given.

    ``run_alone`` keeps the job out of batches from then on.

    Raises LeaseLost, having changed nothing, when another worker holds the job now.
    """
    now = timezone.now()
    values: dict[str, object] = {
        "state": state,
        "error_kind": kind,
        "error": error,
        "lease_expires_at": None,
    }
    if run_alone:
        values["run_alone"] = True
    if notices is not None:
        values["notices"] = list(notices)
    if retry_at is not None:
        values |= {"state": JobState.QUEUED, "due_at": retry_at, "stage": "", "progress": 0}
    else:
        seconds = (now - (held.attempt.started_at or now)).total_seconds()
        values |= {"ended_at": now, "seconds": seconds, "active_key": None, "stage": ""}
        if state == JobState.SUCCEEDED:
            values["progress"] = 1
    outcome = {
        JobState.SUCCEEDED: AttemptOutcome.SUCCEEDED,
        JobState.CANCELED: AttemptOutcome.CANCELED,
    }.get(state, AttemptOutcome.FAILED)
    with transaction.atomic():
        if not GenerationJob.every.held(held.job.pk, held.token).update(**values):
            raise LeaseLost
        _close(held, outcome, kind=kind, error=error)
        if retry_at is None:
            announce_end(held.job.pk)
        else:
            _settle_cancel(held.job.pk)


def _close(held: Held, outcome: AttemptOutcome, *, kind: str = "", error: str = "") -> None:
    GenerationAttempt.objects.filter(pk=held.attempt.pk, ended_at=None).update(
        outcome=outcome,
        ended_at=timezone.now(),
        error_kind=kind,
        error=error,
        timings=held.attempt.timings,
    )
