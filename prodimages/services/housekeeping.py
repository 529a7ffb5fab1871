"""The sweeper: ends jobs whose workers died, and removes what attempts left behind."""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from prodimages.choices import JobState
from prodimages.conf import settings
from prodimages.models import GeneratedImage, GenerationAttempt, GenerationJob, WorkerHeartbeat
from prodimages.services import queue, wakeup
from prodimages.storage import private_storage

logger = logging.getLogger(__name__)


@dataclasses.dataclass
class Swept:
    requeued: int = 0
    failed: int = 0
    canceled: int = 0
    files: int = 0


def reap(*, limit: int = 1000) -> Swept:
    """Return silent workers' jobs to the queue, or end them; remove orphaned files.

    A worker does the same for the jobs that it claims, so nothing is lost without this.
    """
    swept = Swept()
    _reap_jobs(swept, limit)
    swept.files = sweep_files(limit=limit)
    WorkerHeartbeat.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)).delete()
    return swept


def _reap_jobs(swept: Swept, limit: int) -> None:
    now = timezone.now()
    silent = GenerationJob.objects.filter(state=JobState.RUNNING, lease_expires_at__lt=now)
    for job in silent.order_by("lease_expires_at")[:limit]:
        with transaction.atomic():
            if queue.release_silent(job, now):
                swept.requeued += 1
                wakeup.wake_on_commit(job.queue)
                continue
        job.refresh_from_db()
        swept.failed += job.state == JobState.FAILED
        swept.canceled += job.state == JobState.CANCELED


def sweep_files(*, limit: int = 1000) -> int:
    """Remove files that ended attempts recorded and no picture refers to.

    Only names on attempt rows are ever removed; the storage is never listed. Returns
    how many were.
    """
    age = max(settings.ORPHAN_SECONDS, 2 * settings.LEASE_SECONDS)
    over = GenerationAttempt.objects.filter(
        ended_at__lt=timezone.now() - timedelta(seconds=age), files_swept=False
    )
    removed = 0
    for attempt in over.order_by("pk")[:limit]:
        removed += sum(_remove(name) for name in attempt.files if not _is_used(name))
        GenerationAttempt.objects.filter(pk=attempt.pk).update(files_swept=True)
    return removed


def _is_used(name: str) -> bool:
    return GeneratedImage.objects.filter(Q(file=name) | Q(thumbnail=name)).exists()


def _remove(name: str) -> bool:
    storage = private_storage()
    if not storage.exists(name):
        return False
    storage.delete(name)
    logger.info("Removed %s, which an ended attempt had left.", name)
    return True
