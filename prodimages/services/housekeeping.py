"""The sweeper: ends jobs whose workers died, and removes what attempts left behind."""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta

from django.utils import timezone

from prodimages.choices import AttemptOutcome, JobState
from prodimages.conf import settings
from prodimages.models import (
    Cutout,
    GeneratedImage,
    GenerationAttempt,
    GenerationJob,
    SourcePhoto,
    WorkerHeartbeat,
)
from prodimages.services import looks, queue, settlement, wakeup
from prodimages.services.inbound import retention
from prodimages.services.storefront import freshness
from prodimages.services.try_on import erasure
from prodimages.storage import PrivateFileSystemStorage, private_storage

logger = logging.getLogger(__name__)

PAGE = 100
"""Attempts that are swept with one set of queries."""


@dataclasses.dataclass
class Swept:
    requeued: int = 0
    failed: int = 0
    canceled: int = 0
    files: int = 0
    payloads: int = 0
    """Payloads of shops' events whose time was over."""
    shoppers: int = 0
    """Shoppers' photos whose time was over."""
    budgets: int = 0
    """Reservations settled and sums corrected that a dead process had left."""
    renditions: int = 0
    """Files of shoppers' pictures that nobody has asked for in a long time."""


def reap(*, limit: int = 1000) -> Swept:
    """Return silent workers' jobs to the queue, or end them; remove orphaned files.

    A worker does the same for the jobs that it claims, so nothing is lost without this.
    """
    swept = Swept()
    _reap_jobs(swept, limit)
    swept.files = sweep_files(limit=limit)
    swept.payloads = retention.sweep(limit=limit)
    swept.shoppers = erasure.sweep(limit=limit)
    swept.budgets = settlement.reconcile(limit=limit)
    looks.sweep()
    swept.renditions = freshness.forget(limit=limit)
    WorkerHeartbeat.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)).delete()
    return swept


def _reap_jobs(swept: Swept, limit: int) -> None:
    now = timezone.now()
    silent = GenerationJob.every.filter(state=JobState.RUNNING, lease_expires_at__lt=now)
    for job in silent.order_by("lease_expires_at")[:limit]:
        if queue.release_silent(job, now):
            swept.requeued += 1
            wakeup.wake_on_commit(job.queue)
            continue
        job.refresh_from_db()
        swept.failed += job.state == JobState.FAILED
        swept.canceled += job.state == JobState.CANCELED


def sweep_files(*, limit: int = 1000) -> int:
    """Remove files that ended attempts recorded and no row refers to.

    Only names on attempt rows are ever removed; the storage is never listed. Returns
    how many were.
    """
    age = max(settings.ORPHAN_SECONDS, 2 * settings.LEASE_SECONDS)
    over = GenerationAttempt.objects.filter(
        ended_at__lt=timezone.now() - timedelta(seconds=age),
        files_swept=False,
        job__for_shopper=False,  # those files lie elsewhere, and go with their job
    )
    removed = 0
    for _page in range(0, limit, PAGE):
        attempts = list(over.order_by("pk")[:PAGE])
        if not attempts:
            break
        removed += _sweep(attempts)
        done = [attempt.pk for attempt in attempts]
        GenerationAttempt.objects.filter(pk__in=done).update(files_swept=True)
    return removed


def _sweep(attempts: list[GenerationAttempt]) -> int:
    names = {name for attempt in attempts for name in attempt.files}
    kept = _referenced(names, {attempt.job_id for attempt in attempts})
    for name in names & kept:
        _discard_partial(name)
    return sum(_remove(name) for name in sorted(names - kept))


def _referenced(names: set[str], jobs: set[int]) -> set[str]:
    """Names that a row refers to, or that an attempt which still runs may be writing."""
    pictures = GeneratedImage.objects.filter(job__in=jobs).values_list("file", "thumbnail")
    used = {name for pair in pictures for name in pair}
    # Photos and cut-outs are shared: another job may have made the row, or be about to.
    for model in (SourcePhoto, Cutout):
        used |= set(model._default_manager.filter(file__in=names).values_list("file", flat=True))
    open_attempts = GenerationAttempt.objects.filter(outcome=AttemptOutcome.RUNNING)
    for files in open_attempts.values_list("files", flat=True):
        used |= set(files)
    return used


def _discard_partial(name: str) -> None:
    """A storage of ours that was killed while it wrote leaves a file beside the name."""
    storage = private_storage()
    if isinstance(storage, PrivateFileSystemStorage):
        storage.discard_partial(name)


def _remove(name: str) -> bool:
    _discard_partial(name)
    storage = private_storage()
    if not storage.exists(name):
        return False
    storage.delete(name)
    logger.info("Removed %s, which an ended attempt had left.", name)
    return True
