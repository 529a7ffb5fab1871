"""Versions of a photo's cut-out: which one is in force, and the jobs that wait for it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, JobState
from prodimages.exceptions import RequestRefused, TransitionRefused
from prodimages.models import Cutout, GenerationJob, SourcePhoto
from prodimages.services import lifecycle

CURABLE = (FailureKind.CHECK_CUTOUT, FailureKind.NO_PRODUCT)
"""Failures that another cut-out may put right."""


def approve_cutout(cutout: Cutout, user: Any) -> list[GenerationJob]:
    """Let every job of the photo use ``cutout`` from now on, whatever was approved before.

    Returns the jobs that waited for a look at the cut-out; they are queued again. Raises
    RequestRefused when the version was removed meanwhile.
    """
    now = timezone.now()
    if not Cutout.objects.filter(pk=cutout.pk).update(approved_at=now, approved_by=user):
        raise RequestRefused.about("cutout", _("This version was removed meanwhile."))
    cutout.approved_at, cutout.approved_by = now, user
    return resume(cutout.photo)


def resume(photo: SourcePhoto) -> list[GenerationJob]:
    """Queue the photo's jobs again that failed for want of a good cut-out."""
    resumed = []
    for job in waiting_jobs(photo):
        with contextlib.suppress(TransitionRefused):  # somebody was faster, or its product is gone
            lifecycle.retry(job)
            resumed.append(job)
    return resumed


def resume_if_overtaken(job: GenerationJob, since: datetime) -> None:
    """Queue ``job`` again that failed just now, if a version was approved after ``since``.

    Whoever approved it could not see that this job would fail, so that nobody else will.
    """
    if job.photo and Cutout.objects.chosen(job.photo).filter(approved_at__gte=since).exists():
        with contextlib.suppress(TransitionRefused):
            lifecycle.retry(job)


def waiting_jobs(photo: SourcePhoto) -> list[GenerationJob]:
    stopped = photo.jobs.filter(state=JobState.FAILED, error_kind__in=CURABLE)
    return list(stopped.order_by("pk"))
