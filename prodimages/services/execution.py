"""What a worker does when it is woken: claim a batch, run its steps, record how it went."""

from __future__ import annotations

import dataclasses
import functools
import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connections, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, ImageState, JobState, PublicationAction, Task
from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.exceptions import (
    JobCanceled,
    JobFailure,
    LeaseLost,
    RequestRefused,
    TransitionRefused,
)
from prodimages.models import GenerationJob
from prodimages.pipeline import runner
from prodimages.pipeline.context import PersonSource, StepContext
from prodimages.pipeline.spec import Plan
from prodimages.services import (
    affinity,
    cutouts,
    delivery,
    looks,
    photos,
    publications,
    queue,
    review,
    wakeup,
)
from prodimages.services.conveyor import Conveyor
from prodimages.services.keeper import LeaseKeeper
from prodimages.services.queue import Held
from prodimages.services.sink import JobPictures, record_files
from prodimages.services.storefront import renditions
from prodimages.services.try_on import endings
from prodimages.services.try_on.people import HouseModel, Shopper, ShopperPicture, model_of

logger = logging.getLogger(__name__)

PHOTO_SECONDS = 60.0
"""Deadline for reading a photo from the shop; it comes before the first step."""


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:200]


def run_next(queues: Sequence[str], *, on_hang: Callable[[], None] | None = None) -> int:
    """Claim one batch from ``queues`` and run it to its end. Returns how many jobs ran.

    Where the engine lets batches overlap, that is a stint of as many as come one after another.
    """
    held = _claim(queues)
    if not _may_overlap(held):
        return _run_alone(held, on_hang)
    with Conveyor(execute, on_hang=on_hang) as conveyor:
        while _may_overlap(held):
            conveyor.put(held)
            held = conveyor.next(lambda: _claim(queues))
        # A keeper of its own already: it may have to wait for what is under way.
        with LeaseKeeper(held, on_hang=on_hang):
            conveyor.wait()
    return conveyor.count + _run_alone(held, on_hang)


def _claim(queues: Sequence[str]) -> list[Held]:
    """One batch that its engine takes at once; empty when there is nothing to do."""
    limit = max((_max_batch(alias) for alias in settings.ENGINES), default=1)
    held = affinity.of_this_process.claim(worker_name(), queues, limit=limit)
    if held:
        # Before the work, so that another process of this machine can start on the next batch.
        for waiting in queue.anything_claimable(queues):
            wakeup.wake(waiting)
        held = _keep_what_fits(held)
    return held


def _may_overlap(held: Sequence[Held]) -> bool:
    """Never for what a crash returned: it runs with nothing beside it that it could harm."""
    if not held or held[0].job.run_alone:
        return False
    try:
        return get_engine(held[0].job.engine).overlaps
    except Exception:  # its jobs will say so
        return False


def _run_alone(held: Sequence[Held], on_hang: Callable[[], None] | None) -> int:
    """With nothing beside it in this process."""
    if held:
        with LeaseKeeper(held, on_hang=on_hang) as keeper:
            execute(held, keeper)
    return len(held)


def _max_batch(alias: str) -> int:
    """1 for an engine that is not declared or can't be loaded: its jobs will say so."""
    try:
        return max(get_engine(alias).max_batch, 1)
    except Exception:
        logger.warning("The engine %s can't be loaded.", alias, exc_info=True)
        return 1


def _keep_what_fits(held: list[Held]) -> list[Held]:
    """Hand back what is over the size of a batch of this engine."""
    room = _max_batch(held[0].job.engine)
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
            _record(item, error, keeper)
    running = dict(enumerate(ready))

    def on_end(position: int, run: runner.Run) -> None:
        item, context = running.pop(position)
        item.attempt.timings = run.timings
        _record(item, run.error, keeper, notices=context.notices)

    try:
        if ready:
            runner.run_batch([context for _item, context in ready], keeper, on_end=on_end)
    except Exception as error:  # between the steps, where no single job is to blame
        for item, _unused in running.values():
            _record(item, error, keeper)


def _context(held: Held, keeper: LeaseKeeper) -> StepContext:
    """What the steps see of the job. Raises JobFailure when they can't begin."""
    job = held.job
    try:
        engine = get_engine(job.engine)
    except RequestRefused as error:
        raise JobFailure(FailureKind.UNAVAILABLE, str(error)) from error
    plan = Plan.from_json(job.plan)
    if plan.engine_version != engine.version:
        logger.info("Job %s was planned for %s %s.", job.pk, job.engine, plan.engine_version)
    context = StepContext(
        plan=plan,
        engine=engine,
        pictures=ShopperPicture(held, plan) if job.for_shopper else JobPictures(held),
        person=_person(held, plan),
        report=functools.partial(keeper.report, job.pk),
        show=functools.partial(keeper.show, job.pk),
        is_canceled=functools.partial(keeper.is_canceled, job.pk),
        notices=list(plan.notices),
    )
    if job.for_shopper:  # what a model paints of a shopper is nobody's to watch
        context.show = lambda picture: None
    return _with_photo(context, held, keeper) if plan.needs_photo else context


def _person(held: Held, plan: Plan) -> PersonSource | None:
    """Who wears the product. Raises JobFailure or JobCanceled when nobody does any more."""
    job = held.job
    if plan.task != Task.TRY_ON:
        return None
    if job.for_shopper:
        return Shopper.of(held)
    return HouseModel.named(model_of(plan), job.shop)


def _with_photo(context: StepContext, held: Held, keeper: LeaseKeeper) -> StepContext:
    """The photo, its cut-outs and what staff chose for its colors. Raises JobFailure."""
    job = held.job
    record = functools.partial(record_files, held)
    keeper.report(job.pk, "photo", 0.0)
    keeper.begin_step(PHOTO_SECONDS)
    try:
        content = photos.read_photo(job, record=record)
    finally:
        keeper.end_step()
    assert job.photo is not None  # read_photo sets it or raises
    return dataclasses.replace(
        context,
        read_photo=lambda: content,
        cutouts=photos.PhotoCutouts(job.photo, record=record),
        corrections=job.photo.corrections,
    )


def _record(
    held: Held,
    error: Exception | None,
    keeper: LeaseKeeper,
    *,
    notices: list[str] | None = None,
) -> None:
    """Write down how the job ended. Never raises, for the sake of its neighbours."""
    keeper.release(held.job.pk)
    try:
        _end_on_good_connection(held, error, notices)
        looks.forget(held.job.pk)
        if held.job.for_shopper:
            endings.record(held.job)
        elif error is None and not held.job.requires_review:
            delivery.deliver_at_once(held.job)
        if isinstance(error, JobFailure) and error.kind in cutouts.CURABLE:
            cutouts.resume_if_overtaken(held.job, held.attempt.started_at)
    except LeaseLost:
        logger.info("Job %s is held by another worker now; nothing was written.", held.job.pk)
    except DatabaseError:
        # Its lease runs out, and the next worker finds the pictures that are there.
        logger.warning("The end of job %s could not be written.", held.job.pk, exc_info=True)


def _end_on_good_connection(held: Held, error: Exception | None, notices: list[str] | None) -> None:
    """A server that was restarted leaves a dead connection; the second try gets a new one."""
    try:
        _end(held, error, notices)
    except DatabaseError:
        connection = connections[router.db_for_write(GenerationJob)]
        if connection.in_atomic_block:
            raise
        connection.close()
        _end(held, error, notices)


def _end(held: Held, error: Exception | None, notices: list[str] | None) -> None:
    match error:
        case None:
            with transaction.atomic():
                queue.end(held, JobState.SUCCEEDED, notices=notices)
                if not held.job.requires_review and not held.job.for_shopper:
                    _order_trusted(held.job)
        case LeaseLost():
            raise error
        case JobCanceled():
            kind, words = _why_canceled(held)
            queue.end(held, JobState.CANCELED, kind=kind, error=words, notices=notices)
        case _:
            kind, words, retryable = explain(error)
            if kind == FailureKind.INTERNAL:
                logger.error("Job %s failed.", held.job.pk, exc_info=error)
            retry_at = _retry_at(held) if retryable else None
            queue.end(
                held, JobState.FAILED, kind=kind, error=words, notices=notices, retry_at=retry_at
            )


def _why_canceled(held: Held) -> tuple[str, str]:
    """A person needs no explanation, but a deleted product does."""
    if GenerationJob.every.filter(pk=held.job.pk, product=None).exists():
        return FailureKind.PRODUCT_DELETED, _("The product was deleted.")
    return "", ""


def explain(error: Exception) -> tuple[FailureKind, str, bool]:
    """Kind, words for staff, and whether another attempt may succeed."""
    if isinstance(error, JobFailure):
        return error.kind, str(error), error.retryable
    if isinstance(error, OperationalError | InterfaceError):
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


def _order_trusted(job: GenerationJob) -> None:
    """A style that needs no review publishes what passed its checks.

    Within the job's last transaction, so that no picture waits for review because its worker
    died between the two.
    """
    for image in job.images.filter(state=ImageState.PENDING, passed=True):
        try:
            review.approve(image, user=None)
        except TransitionRefused:
            logger.info("Picture %s was reviewed by somebody meanwhile.", image.pk)
        else:
            if renditions.is_for_shoppers(image):
                renditions.order(image)
            else:
                publications.order(image, PublicationAction.PUBLISH)
