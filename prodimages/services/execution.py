"""What a worker does when it is woken: claim a batch, run its steps, record how it went."""

from __future__ import annotations

import functools
import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import FailureKind, ImageState, JobState
from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.exceptions import JobCanceled, JobFailure, LeaseLost, RequestRefused
from prodimages.models import GenerationJob
from prodimages.pipeline import runner
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Plan
from prodimages.services import photos, publishing, queue, review, wakeup
from prodimages.services.keeper import LeaseKeeper
from prodimages.services.queue import Held
from prodimages.services.sink import JobPictures

logger = logging.getLogger(__name__)


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:200]


def run_next(queues: Sequence[str], *, on_hang: Callable[[], None] | None = None) -> int:
    """Claim one batch from ``queues`` and run it to its end. Returns how many jobs ran."""
    limit = max(_max_batch(alias) for alias in settings.ENGINES)
    held = queue.claim(worker_name(), queues, limit=limit)
    if not held:
        return 0
    # Before the work, so that another process of this machine can start on the next batch.
    for waiting in queue.anything_claimable(queues):
        wakeup.wake(waiting)
    held = _keep_what_fits(held)
    with LeaseKeeper(held, on_hang=on_hang) as keeper:
        execute(held, keeper)
    return len(held)


def _max_batch(alias: str) -> int:
    return get_engine(alias).max_batch


def _keep_what_fits(held: list[Held]) -> list[Held]:
    """Hand back what is over the size of a batch of this engine."""
    try:
        room = get_engine(held[0].job.engine).max_batch
    except RequestRefused:
        room = 1
    for extra in held[room:]:
        queue.give_back(extra)
    return held[:room]


def execute(held: Sequence[Held], keeper: LeaseKeeper) -> None:
    """Run the jobs, which share a batch key, and record each one's end."""
    ready: list[tuple[Held, StepContext]] = []
    for item in held:
        try:
            ready.append((item, _context(item, keeper)))
        except Exception as error:
            _record(item, error, [], keeper)
    if not ready:
        return

    def on_end(position: int, run: runner.Run) -> None:
        item, context = ready[position]
        item.attempt.timings = run.timings
        _record(item, run.error, context.notices, keeper)

    runner.run_batch([context for _item, context in ready], keeper, on_end=on_end)


def _context(held: Held, keeper: LeaseKeeper) -> StepContext:
    job = held.job
    try:
        engine = get_engine(job.engine)
    except RequestRefused as error:
        raise JobFailure(FailureKind.UNAVAILABLE, str(error)) from error
    plan = Plan.from_json(job.plan)
    if plan.engine_version != engine.version:
        logger.info("Job %s was planned for %s %s.", job.pk, job.engine, plan.engine_version)
    content = photos.read_photo(job)
    assert job.photo is not None  # read_photo sets it or raises
    return StepContext(
        plan=plan,
        engine=engine,
        read_photo=lambda: content,
        cutouts=photos.PhotoCutouts(job.photo),
        pictures=JobPictures(held),
        report=functools.partial(keeper.report, job.pk),
        is_canceled=functools.partial(keeper.is_canceled, job.pk),
        notices=list(plan.notices),
    )


def _record(
    held: Held, error: Exception | None, notices: list[str], keeper: LeaseKeeper
) -> None:
    keeper.release(held.job.pk)
    try:
        _end(held, error, notices)
    except LeaseLost:
        logger.info("Job %s is held by another worker now; nothing was written.", held.job.pk)
        return
    job = GenerationJob.objects.get(pk=held.job.pk)
    if job.is_finished:
        signals.job_ended.send_robust(sender=GenerationJob, job=job)
        if job.state == JobState.SUCCEEDED and not job.requires_review:
            _publish_trusted(job)


def _end(held: Held, error: Exception | None, notices: list[str]) -> None:
    match error:
        case None:
            queue.end(held, JobState.SUCCEEDED, notices=notices)
        case LeaseLost():
            raise error
        case JobCanceled():
            queue.end(held, JobState.CANCELED, notices=notices)
        case _:
            kind, words, retryable = explain(error)
            if kind == FailureKind.INTERNAL:
                logger.error("Job %s failed.", held.job.pk, exc_info=error)
            retry_at = _retry_at(held) if retryable else None
            queue.end(
                held, JobState.FAILED, kind=kind, error=words, notices=notices, retry_at=retry_at
            )


def explain(error: Exception) -> tuple[FailureKind, str, bool]:
    """Kind, words for staff, and whether another attempt may succeed."""
    if isinstance(error, JobFailure):
        return error.kind, str(error), error.retryable
    if isinstance(error, OperationalError):
        return FailureKind.INTERNAL, _("The database did not answer."), True
    if isinstance(error, MemoryError):
        return FailureKind.ENGINE, _("The worker ran out of memory; try a smaller picture."), True
    return (
        FailureKind.INTERNAL,
        _("An unexpected error (%(name)s); the worker's log has the details.")
        % {"name": type(error).__name__},
        False,
    )


def _retry_at(held: Held) -> datetime | None:
    made = held.job.attempts_made
    if made >= settings.MAX_ATTEMPTS:
        return None
    return timezone.now() + timedelta(seconds=settings.RETRY_SECONDS * 2 ** (made - 1))


def _publish_trusted(job: GenerationJob) -> None:
    """A style that needs no review publishes what passed its checks."""
    for image in job.images.filter(state=ImageState.PENDING, passed=True):
        try:
            with transaction.atomic():
                review.approve(image, user=None)
            publishing.publish(image)
        except Exception:
            # The picture stays approved with its reason, and staff can publish it again.
            logger.warning("Picture %s was not published.", image.pk, exc_info=True)


