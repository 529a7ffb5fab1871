"""Erases a shopper's photo with all that was made of it: on request, and when its time is over.

First the row is marked, after which nothing reads or writes any more; then files go, then rows. A
job that still runs keeps its row until it has stopped, since the names of what it may have written
stand there.
"""

from __future__ import annotations

import contextlib
import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from prodimages.choices import TERMINAL_JOB_STATES, TryOnOutcome
from prodimages.exceptions import TransitionRefused
from prodimages.models import GenerationAttempt, GenerationJob, ShopperPhoto, Submission, TryOn
from prodimages.services import lifecycle
from prodimages.services.try_on import quotas
from prodimages.services.try_on.counts import count
from prodimages.storage import shopper_storage

logger = logging.getLogger(__name__)


def erase(photo: ShopperPhoto, outcome: TryOnOutcome = TryOnOutcome.ERASED) -> None:
    """Erase at once; safe to repeat, and to be repeated after it was interrupted."""
    fresh = ShopperPhoto.objects.filter(pk=photo.pk, erased_at=None)
    if fresh.update(erased_at=timezone.now()):
        count(photo.shop, outcome)
    _cancel_jobs(photo)
    _remove_files(photo)
    with transaction.atomic():
        locked = ShopperPhoto.objects.select_for_update().filter(pk=photo.pk).first()
        if locked is None:
            return
        _remove_files(locked)  # what was committed in between
        locked.try_ons.all().delete()
        locked.delete()
    purge_jobs()


def _cancel_jobs(photo: ShopperPhoto) -> None:
    for job in GenerationJob.every.filter(try_on__photo=photo):
        with contextlib.suppress(TransitionRefused):
            lifecycle.cancel(job)


def _remove_files(photo: ShopperPhoto) -> None:
    names = {str(photo.file.name or "")}.union(*(one.stored_files for one in photo.try_ons.all()))
    for name in names - {""}:
        _delete(name)


def _delete(name: str) -> None:
    storage = shopper_storage()
    if hasattr(storage, "discard_partial"):
        storage.discard_partial(name)
    storage.delete(name)


def purge_jobs(*, limit: int = 100) -> int:
    """Remove shoppers' ended jobs that no try-on needs, with every file that they recorded."""
    over = GenerationJob.every.filter(for_shopper=True, state__in=TERMINAL_JOB_STATES, try_on=None)
    purged = 0
    for job in over.order_by("pk")[:limit]:
        for names in GenerationAttempt.objects.filter(job=job).values_list("files", flat=True):
            mine = [name for name in names if name.startswith("shoppers/")]
            for name in set(mine) - _kept(mine):
                _delete(name)
        Submission.objects.filter(jobs__pk=job.pk).delete()
        GenerationJob.every.filter(pk=job.pk).delete()
        purged += 1
    return purged


def _kept(names: list[str]) -> set[str]:
    """Those that a try-on still needs, though the job that wrote them is over."""
    needed = TryOn.objects.filter(Q(file__in=names) | Q(region__in=names))
    return set().union(*(try_on.stored_files for try_on in needed))


def sweep(*, limit: int = 100) -> int:
    """Erase what is past its time and finish what was interrupted; returns how many photos."""
    erased = 0
    for photo in ShopperPhoto.objects.over().order_by("pk")[:limit]:
        try:
            erase(photo, TryOnOutcome.EXPIRED)
        except Exception:  # one storage error must not keep the others' photos
            logger.warning("A shopper's photo could not be erased; trying again.", exc_info=True)
        else:
            erased += 1
    purge_jobs(limit=limit)
    quotas.forget_old()
    return erased


def anything_due() -> bool:
    return ShopperPhoto.objects.over().exists()
