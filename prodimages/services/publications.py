"""The publications as a queue: what is wanted, who works on it, how it ended.

Claims follow the job table's way (services.queue): a lease, and a fencing token that every
later write names. Locks are taken on the picture first and on its publication second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connections, router, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import ImageState, PublicationAction, PublicationState
from prodimages.conf import settings
from prodimages.exceptions import LeaseLost
from prodimages.models import GeneratedImage, Publication
from prodimages.services import wakeup

LEASE = timedelta(seconds=360)
"""Longer than a shop's backend may take in all (``shops.http.TOTAL_SECONDS``)."""
LONGEST_WAIT = timedelta(hours=6)
_LOOKS = 4


def order(image: GeneratedImage, action: PublicationAction, *, reference: str = "") -> Publication:
    """Wish that the shop has ``image``, or has it no longer; a worker sees to it.

    The last wish counts. One that is voiced while a worker carries out another is looked at
    when that ends.
    """
    with transaction.atomic():
        row, made = Publication.objects.get_or_create(
            image=image,
            defaults={
                "shop": image.shop,
                "queue": settings.PUBLISH_QUEUE or image.job.queue,
                "action": action,
                "reference": reference,
            },
        )
        if not made:
            row = Publication.objects.select_for_update().get(pk=row.pk)
            row.action = action
            row.reference = reference or row.reference
            if row.state != PublicationState.RUNNING:
                _begin_anew(row)
            row.save()
        wakeup.wake_on_commit(row.queue)
    return row


def _begin_anew(row: Publication) -> None:
    row.state, row.attempts_made, row.due_at = PublicationState.WAITING, 0, timezone.now()
    row.error, row.ended_at, row.lease_expires_at = "", None, None


def withdraw(image: GeneratedImage) -> None:
    """Somebody decided against ``image``: what was offered to the shop is taken out again.

    Call it within the transaction of the decision.
    """
    row = Publication.objects.select_for_update().filter(image=image).first()
    if row is None or row.action == PublicationAction.UNPUBLISH:
        return
    if row.state in (PublicationState.RUNNING, PublicationState.DONE):
        return  # the worker looks at the picture's state again before it ends
    if row.attempts_made:
        order(image, PublicationAction.UNPUBLISH)
        return
    _end(row, PublicationAction.UNPUBLISH)
    row.save()


def settle(image: GeneratedImage, action: PublicationAction, reference: str = "") -> None:
    """A shop of this process did at once what a worker may still have been asked for."""
    idle = Publication.objects.filter(image=image).exclude(state=PublicationState.RUNNING)
    idle.update(
        action=action,
        state=PublicationState.DONE,
        reference=reference,
        error="",
        ended_at=timezone.now(),
    )


def claim(queues: Sequence[str]) -> Publication | None:
    """Take the publication that has been due longest; None when others were faster."""
    with transaction.atomic():
        due = Publication.objects.due(list(queues)).order_by("due_at")
        database = connections[router.db_for_write(Publication)]
        if database.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        for row in due[:_LOOKS]:
            if taken := take(row):
                return taken
    return None


def take(row: Publication) -> Publication | None:
    """Claim ``row`` by compare-and-set on its token; None when it can't be had."""
    same = Publication.objects.filter(pk=row.pk, lease_token=row.lease_token, state=row.state)
    if row.state == PublicationState.RUNNING and row.attempts_made >= settings.PUBLISH_ATTEMPTS:
        words = _("The worker died while it talked to the shop.")
        same.update(state=PublicationState.FAILED, error=words, ended_at=timezone.now())
        return None
    changed = same.update(
        state=PublicationState.RUNNING,
        lease_token=row.lease_token + 1,
        lease_expires_at=timezone.now() + LEASE,
        attempts_made=row.attempts_made + 1,
    )
    if not changed:
        return None
    row.refresh_from_db()
    return row


def anything_due(queues: Sequence[str]) -> list[str]:
    """Those of ``queues`` in which a publication waits for a worker."""
    due = Publication.objects.due(list(queues))
    return list(due.order_by().values_list("queue", flat=True).distinct())


def is_wanted(row: Publication, image: GeneratedImage) -> bool:
    """Whether the shop is to have ``image``: asked for, and not decided against since."""
    approved = image.state in (ImageState.APPROVED, ImageState.PUBLISHED)
    return row.action == PublicationAction.PUBLISH and approved


def finish(held: Publication, reference: str) -> None:
    """Record that the shop has the picture as ``reference``, or with "" that it has it not.

    Where that is not what is wanted any more, the row waits again, for the opposite.
    Raises LeaseLost, having changed nothing, when another worker holds the row now.
    """
    with transaction.atomic():
        image = GeneratedImage.objects.select_for_update().get(pk=held.image_id)
        row = Publication.objects.select_for_update().held(held.pk, held.lease_token).first()
        if row is None:
            raise LeaseLost
        row.reference = reference[:255]
        wanted = is_wanted(row, image)
        if wanted and reference:
            _mark_published(image, row.reference)
        if wanted == bool(reference):
            action = PublicationAction.PUBLISH if wanted else PublicationAction.UNPUBLISH
            _end(row, action)
        else:
            row.action = PublicationAction.PUBLISH if wanted else PublicationAction.UNPUBLISH
            _begin_anew(row)
            wakeup.wake_on_commit(row.queue)
        row.save()


def _end(row: Publication, action: PublicationAction) -> None:
    row.action, row.state, row.ended_at = action, PublicationState.DONE, timezone.now()
    row.error, row.lease_expires_at = "", None


def _mark_published(image: GeneratedImage, reference: str) -> None:
    if image.state == ImageState.PUBLISHED:
        return
    image.state, image.published_at = ImageState.PUBLISHED, timezone.now()
    image.published_ref, image.publish_error = reference, ""
    image.save(update_fields=["state", "published_at", "published_ref", "publish_error"])
    announce(image, reference)


def announce(image: GeneratedImage, reference: str) -> None:
    """Tell the host that the shop has the picture, once that is committed."""
    transaction.on_commit(
        lambda: signals.image_published.send_robust(
            sender=GeneratedImage, image=image, reference=reference
        ),
        robust=True,
    )


def postpone(held: Publication, words: str, *, retry_after: float | None = None) -> None:
    """Try again later, doubling the wait; give up after PUBLISH_ATTEMPTS."""
    if held.attempts_made >= settings.PUBLISH_ATTEMPTS:
        give_up(held, words)
        return
    backoff = settings.PUBLISH_RETRY_SECONDS * 2 ** (held.attempts_made - 1)
    wait = min(timedelta(seconds=max(backoff, retry_after or 0)), LONGEST_WAIT)
    Publication.objects.held(held.pk, held.lease_token).update(
        state=PublicationState.WAITING,
        due_at=timezone.now() + wait,
        lease_expires_at=None,
        error=words,
    )
    _tell(held, words)


def give_up(held: Publication, words: str) -> None:
    """Fail the publication for staff to see, unless something else is wanted by now."""
    mine = Publication.objects.held(held.pk, held.lease_token)
    failed = mine.filter(action=held.action).update(
        state=PublicationState.FAILED, lease_expires_at=None, error=words, ended_at=timezone.now()
    )
    if failed:
        _tell(held, words)
    else:
        mine.update(
            state=PublicationState.WAITING,
            due_at=timezone.now(),
            attempts_made=0,
            lease_expires_at=None,
        )


def _tell(held: Publication, words: str) -> None:
    if held.action == PublicationAction.PUBLISH:
        images = GeneratedImage.objects.filter(pk=held.image_id, state=ImageState.APPROVED)
        images.update(publish_error=words)


def retry(row: Publication) -> bool:
    """Look again at once at what waits or was given up. False when there is nothing to do."""
    changed = Publication.objects.filter(
        pk=row.pk, state__in=[PublicationState.WAITING, PublicationState.FAILED]
    ).update(
        state=PublicationState.WAITING,
        attempts_made=0,
        due_at=timezone.now(),
        lease_token=F("lease_token") + 1,
        ended_at=None,
    )
    if changed:
        wakeup.wake_on_commit(row.queue)
    return bool(changed)
