"""The one way out: an approved picture becomes the shop's own product media, once."""

from __future__ import annotations

import contextlib
import io
import logging
from contextlib import AbstractContextManager

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import ImageState
from prodimages.exceptions import ProdimagesError, TransitionRefused
from prodimages.models import GeneratedImage
from prodimages.services import files
from prodimages.services.sink import EXTENSIONS
from prodimages.shops.base import Picture
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

logger = logging.getLogger(__name__)


def publish(image: GeneratedImage) -> str:
    """Give an approved picture to its shop; returns the shop's reference.

    Publishing twice, also at the same time, adds one picture: the shop's backend is
    idempotent by the picture's key. Raises TransitionRefused for a picture that is not
    approved, and ProdimagesError when the shop did not take it; the reason stays on the row.
    """
    image.refresh_from_db()
    if image.state == ImageState.PUBLISHED:
        return image.published_ref
    if image.state != ImageState.APPROVED:
        raise TransitionRefused(
            _("Picture %(name)s is not approved, so it can't be published.") % {"name": image}
        )
    if image.product is None:
        raise TransitionRefused(_("The product of picture %(name)s was deleted.") % {"name": image})
    try:
        with _apart():
            reference = shop_backend(image.shop).publish(image.product, _picture(image))
    except Exception as error:
        reason = str(error) if isinstance(error, ProdimagesError) else files.reason(error)
        logger.warning("Publishing picture %s failed.", image.pk, exc_info=True)
        approved = GeneratedImage.objects.filter(pk=image.pk, state=ImageState.APPROVED)
        approved.update(publish_error=reason)
        raise ProdimagesError(
            _("The shop did not take picture %(name)s: %(why)s") % {"name": image, "why": reason}
        ) from error
    changed = GeneratedImage.objects.filter(pk=image.pk, state=ImageState.APPROVED).update(
        state=ImageState.PUBLISHED,
        published_at=timezone.now(),
        published_ref=reference[:255],
        publish_error="",
    )
    image.refresh_from_db()
    if not changed and image.state != ImageState.PUBLISHED:
        _take_back(image, reference)
        raise TransitionRefused(
            _("Picture %(name)s was reviewed again while it was being published.") % {"name": image}
        )
    if changed:
        transaction.on_commit(
            lambda: signals.image_published.send_robust(
                sender=GeneratedImage, image=image, reference=reference
            ),
            robust=True,
        )
    return reference


def _take_back(image: GeneratedImage, reference: str) -> None:
    """Somebody rejected the picture while the shop was taking it; it must not stay there."""
    if image.product is not None:
        shop_backend(image.shop).unpublish(image.product, reference)


def unpublish(image: GeneratedImage) -> None:
    """Take a published picture out of the shop again; it stays approved."""
    image.refresh_from_db()
    if image.state != ImageState.PUBLISHED:
        raise TransitionRefused(_("Picture %(name)s is not published.") % {"name": image})
    if image.product is not None:
        with _apart():
            shop_backend(image.shop).unpublish(image.product, image.published_ref)
    GeneratedImage.objects.filter(pk=image.pk, state=ImageState.PUBLISHED).update(
        state=ImageState.APPROVED, published_at=None, published_ref=""
    )
    image.refresh_from_db()


def _apart() -> AbstractContextManager[None]:
    """A savepoint around a shop's code where the caller holds a transaction (ATOMIC_REQUESTS,
    say), so that a query which fails in there does not take ours with it.

    None elsewhere: a transaction would hold its locks for as long as the shop takes.
    """
    held = transaction.get_connection().in_atomic_block
    return transaction.atomic() if held else contextlib.nullcontext()


def _picture(image: GeneratedImage) -> Picture:
    name = slugify(f"{image.job.product_label} {image.job.style_name}") or "picture"
    content = files.read(private_storage(), image.file.name)
    return Picture(
        ref=image.publish_key,
        open=lambda: io.BytesIO(content),
        # Short enough for a file field of 100 characters: a storage that has to shorten the
        # name cuts off its end, and with it the key by which a shop may know the picture.
        filename=f"{name[:40]}-{image.publish_key}.{EXTENSIONS[image.mime]}",
        alt=image.job.product_label,
        width=image.width,
        height=image.height,
        mime=image.mime,
    )
