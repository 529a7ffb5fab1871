"""Renditions of published pictures: ordered with a row, made by a worker, never by a request.

Claims follow the job table's way: a lease, and a fencing token that every later write names.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import connections, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import ImageState, RenditionState
from prodimages.conf import settings
from prodimages.exceptions import LeaseLost
from prodimages.imaging.sizes import wanted_of
from prodimages.models import GeneratedImage, Rendition, RenditionSet, StorefrontVariant
from prodimages.services import files, publications, wakeup
from prodimages.services.shop_pictures import why
from prodimages.services.storefront import shown
from prodimages.storage import private_storage

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=300)
MOST_ATTEMPTS = 5
REFERENCE = "storefront"
"""``published_ref`` of pictures that are shown by the storefront and lie in no gallery."""
_LOOKS = 4
EXTENSIONS = {"jpeg": "jpg"}


def is_for_shoppers(image: GeneratedImage) -> bool:
    """Whether the storefront ordered it, so that it is published there and in no gallery."""
    return image.job.submission.client == shown.CLIENT


def order(image: GeneratedImage) -> RenditionSet:
    """Have the renditions of ``image`` made, unless they are there or under way."""
    with transaction.atomic():
        row, made = RenditionSet.objects.get_or_create(
            image=image,
            defaults={
                "shop": image.shop,
                "queue": settings.STOREFRONT_QUEUE or image.job.queue,
                "publishes": is_for_shoppers(image),
            },
        )
        ended = RenditionSet.objects.filter(pk=row.pk)
        if image.state == ImageState.PUBLISHED:
            ended = ended.exclude(state=RenditionState.DONE)
        idle = ended.exclude(state__in=[RenditionState.WAITING, RenditionState.RUNNING])
        anew = idle.update(
            state=RenditionState.WAITING,
            attempts_made=0,
            due_at=timezone.now(),
            error="",
            ended_at=None,
        )
        if made or anew:
            wakeup.wake_on_commit(row.queue)
    return row


def again(file: str, *, is_lost: bool = False) -> None:
    """Have what is missing beside the rendition ``file`` made: another width, another format, or
    itself where the storage has lost it. What is there goes on being shown; safe to repeat.
    """
    with transaction.atomic():
        image = Rendition.objects.filter(file=file).values_list("image", flat=True).first()
        if image is None:
            return
        if is_lost:
            Rendition.objects.filter(file=file).delete()
        _reopen(image)


def _reopen(image: int) -> bool:
    """``ended_at`` stays: by it a picture that has been shown is told from a new one."""
    idle = RenditionSet.objects.filter(
        image=image, state__in=[RenditionState.DONE, RenditionState.FAILED]
    )
    anew = idle.update(state=RenditionState.WAITING, attempts_made=0, due_at=timezone.now())
    if anew:
        wakeup.wake_on_commit(RenditionSet.objects.get(image=image).queue)
    return bool(anew)


def complete(*, looks_at_files: bool = False) -> int:
    """Order what published pictures lack: after STOREFRONT_WIDTHS or STOREFRONT_FORMATS changed,
    or, with ``looks_at_files``, where the storage has lost some. Returns how many pictures.
    """
    sets = RenditionSet.objects.filter(image__state=ImageState.PUBLISHED).select_related("image")
    storage, count = private_storage(), 0
    for row in sets.prefetch_related("image__renditions").iterator(chunk_size=200):
        there = list(row.image.renditions.all())
        if looks_at_files:
            lost = [one.pk for one in there if not storage.exists(str(one.file))]
            Rendition.objects.filter(pk__in=lost).delete()
            there = [one for one in there if one.pk not in lost]
        wanted = wanted_of(row.image.width, settings.STOREFRONT_FORMATS, settings.STOREFRONT_WIDTHS)
        if wanted - {(one.format, one.width) for one in there}:
            with transaction.atomic():
                count += _reopen(row.image_id)
    return count


def on_published(image: GeneratedImage) -> None:
    """A picture joined the product's gallery; shoppers see it where it is the better one."""
    if image.product is None:
        return
    if StorefrontVariant.objects.filter(shop=image.shop, product=image.product).exists():
        order(image)


def anything_due(queues: Sequence[str]) -> list[str]:
    """Those of ``queues`` in which a picture's renditions wait for a worker."""
    due = RenditionSet.objects.due(list(queues))
    return list(due.order_by().values_list("queue", flat=True).distinct())


def run_next(queues: Sequence[str]) -> int:
    """Claim one picture of ``queues`` and make its renditions. Returns how many it were."""
    held = claim(queues)
    if held is None:
        return 0
    for waiting in anything_due(queues):
        wakeup.wake(waiting)
    carry_out(held)
    return 1


def claim(queues: Sequence[str]) -> RenditionSet | None:
    """Take what has been due longest; None when others were faster."""
    with transaction.atomic():
        due = RenditionSet.objects.due(list(queues)).order_by("due_at")
        if connections[
            router.db_for_write(RenditionSet)
        ].features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        for row in due[:_LOOKS]:
            if taken := _take(row):
                return taken
    return None


def _take(row: RenditionSet) -> RenditionSet | None:
    same = RenditionSet.objects.filter(pk=row.pk, lease_token=row.lease_token, state=row.state)
    if row.state == RenditionState.RUNNING and row.attempts_made >= MOST_ATTEMPTS:
        words = _("The worker died while it made the picture's sizes.")
        same.update(state=RenditionState.FAILED, error=words, ended_at=timezone.now())
        return None
    changed = same.update(
        state=RenditionState.RUNNING,
        lease_token=row.lease_token + 1,
        lease_expires_at=timezone.now() + LEASE,
        attempts_made=row.attempts_made + 1,
    )
    if not changed:
        return None
    row.refresh_from_db()
    return row


def carry_out(held: RenditionSet) -> None:
    """Make them and show the picture, or record why not. Never raises."""
    image = GeneratedImage.objects.select_related("job__submission").get(pk=held.image_id)
    try:
        _make(image)
        _finish(held, image)
    except LeaseLost:
        logger.info("The renditions of picture %s are another worker's now.", image.pk)
    except Exception as error:  # the storage's, or of a file that is no picture
        logger.warning("Renditions of picture %s failed.", image.pk, exc_info=True)
        _postpone(held, image, why(error))


def _make(image: GeneratedImage) -> None:
    """Whatever is missing; what a worker made before it died is kept."""
    from prodimages.imaging.renditions import make

    storage = private_storage()
    content = files.read(storage, image.file.name)
    there = set(image.renditions.values_list("format", "width"))
    wanted = settings.STOREFRONT_FORMATS, settings.STOREFRONT_WIDTHS
    for made in make(content, *wanted, skip=there):
        # A name that follows from the row: a second worker writes the same file, not another.
        extension = EXTENSIONS.get(made.format, made.format)
        digest = hashlib.sha256(made.content).hexdigest()
        stem = f"renditions/{image.shop}/{image.pk}/{image.digest[:16]}-{made.width}"
        name = files.write_verified(storage, f"{stem}.{extension}", made.content)
        Rendition.objects.get_or_create(
            image=image,
            format=made.format,
            width=made.width,
            defaults={"height": made.height, "file": name, "digest": digest},
        )


def _finish(held: RenditionSet, image: GeneratedImage) -> None:
    with transaction.atomic():
        mine = RenditionSet.objects.held(held.pk, held.lease_token)
        done = mine.update(
            state=RenditionState.DONE, lease_expires_at=None, error="", ended_at=timezone.now()
        )
        if not done:
            raise LeaseLost
        if held.publishes and _publish(image):
            publications.announce(image, REFERENCE)
        shown.settle(image.shop, image.product_id)


def _publish(image: GeneratedImage) -> bool:
    """Unless somebody decided against it meanwhile."""
    approved = GeneratedImage.objects.filter(pk=image.pk, state=ImageState.APPROVED)
    return bool(
        approved.update(
            state=ImageState.PUBLISHED,
            published_at=timezone.now(),
            published_ref=REFERENCE,
            publish_error="",
        )
    )


def _postpone(held: RenditionSet, image: GeneratedImage, words: str) -> None:
    over = held.attempts_made >= MOST_ATTEMPTS
    wait = timedelta(seconds=settings.PUBLISH_RETRY_SECONDS * 2 ** (held.attempts_made - 1))
    RenditionSet.objects.held(held.pk, held.lease_token).update(
        state=RenditionState.FAILED if over else RenditionState.WAITING,
        due_at=timezone.now() + wait,
        lease_expires_at=None,
        error=words,
        ended_at=timezone.now() if over else None,
    )
    if held.publishes:
        approved = GeneratedImage.objects.filter(pk=image.pk, state=ImageState.APPROVED)
        approved.update(publish_error=words)
