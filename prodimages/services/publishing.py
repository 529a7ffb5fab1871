"""The one way out: an approved picture becomes the shop's own product media, once.

A shop of this process takes it within the call. One that lives elsewhere takes it from a
worker, which asks until the shop has it (services.delivery): no request waits for a platform.
"""

from __future__ import annotations

import contextlib
import logging
from contextlib import AbstractContextManager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import ImageState, PublicationAction, PublicationState
from prodimages.exceptions import ProdimagesError, TransitionRefused
from prodimages.models import GeneratedImage, Publication
from prodimages.services import publications
from prodimages.services.shop_pictures import picture_of, why
from prodimages.services.storefront import renditions
from prodimages.shops.registry import shop_backend

logger = logging.getLogger(__name__)


def publish(image: GeneratedImage) -> str:
    """Give an approved picture to its shop; returns the shop's reference.

    Returns "" where a worker is to publish it; the picture is approved until then, and
    ``image.publication`` says how far it is. One that shoppers had made joins no gallery: it is
    published once a worker has made its renditions. Publishing twice, also at the same time,
    adds one picture: the shop's backend is idempotent by the picture's key. Raises
    TransitionRefused for a picture that is not approved, and ProdimagesError when a shop of this
    process did not take it; the reason stays on the row.
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
    if renditions.is_for_shoppers(image):
        renditions.order(image)
        return ""
    if not shop_backend(image.shop).publishes_at_once:
        publications.order(image, PublicationAction.PUBLISH)
        return ""
    return _publish_at_once(image)


def _publish_at_once(image: GeneratedImage) -> str:
    try:
        with _apart():
            reference = shop_backend(image.shop).publish(image.product, picture_of(image))
    except Exception as error:
        reason = why(error)
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
        publications.settle(image, PublicationAction.PUBLISH, reference[:255])
        publications.announce(image, reference)
        renditions.on_published(image)
    return reference


def _take_back(image: GeneratedImage, reference: str) -> None:
    """Somebody rejected the picture while the shop was taking it; it must not stay there."""
    if image.product is not None:
        shop_backend(image.shop).unpublish(image.product, reference)


def unpublish(image: GeneratedImage) -> None:
    """Take a published picture out of the shop again; it stays approved.

    Where a worker does it, ``image.publication`` says how far that is; asked for once more
    after the worker gave up, it tries again.
    """
    image.refresh_from_db()
    if image.state != ImageState.PUBLISHED and not _still_there(image):
        raise TransitionRefused(_("Picture %(name)s is not published.") % {"name": image})
    shoppers = renditions.is_for_shoppers(image)
    at_once = shoppers or image.product is None or shop_backend(image.shop).publishes_at_once
    if image.product is not None and at_once and not shoppers:
        with _apart():
            shop_backend(image.shop).unpublish(image.product, image.published_ref)
    with transaction.atomic():
        reference = image.published_ref
        published = GeneratedImage.objects.filter(pk=image.pk, state=ImageState.PUBLISHED)
        published.update(state=ImageState.APPROVED, published_at=None, published_ref="")
        if at_once:
            publications.settle(image, PublicationAction.UNPUBLISH)
        else:
            publications.order(image, PublicationAction.UNPUBLISH, reference=reference)
    image.refresh_from_db()


def _still_there(image: GeneratedImage) -> bool:
    """Whether a worker gave up taking it out of the shop."""
    return Publication.objects.filter(
        image=image, action=PublicationAction.UNPUBLISH, state=PublicationState.FAILED
    ).exists()


def _apart() -> AbstractContextManager[None]:
    """A savepoint around a shop's code where the caller holds a transaction (ATOMIC_REQUESTS,
    say), so that a query which fails in there does not take ours with it.

    None elsewhere: a transaction would hold its locks for as long as the shop takes.
    """
    held = transaction.get_connection().in_atomic_block
    return transaction.atomic() if held else contextlib.nullcontext()
