"""What a worker does about publications: gives pictures to shops, or takes them out."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.utils.translation import gettext as _

from prodimages.choices import ImageState
from prodimages.exceptions import LeaseLost, RequestRefused, TransitionRefused
from prodimages.models import GeneratedImage, GenerationJob, Publication
from prodimages.services import publications, wakeup
from prodimages.services.shop_pictures import picture_of, why
from prodimages.services.storefront import renditions
from prodimages.shops.platform import PlatformRefused
from prodimages.shops.registry import shop_backend

logger = logging.getLogger(__name__)


def run_next(queues: Sequence[str]) -> int:
    """Claim one publication of ``queues`` and carry it out. Returns how many it were."""
    held = publications.claim(queues)
    if held is None:
        return 0
    # Before the work, so that another process of this machine can start on the next one.
    for waiting in publications.anything_due(queues):
        wakeup.wake(waiting)
    deliver(held)
    return 1


def deliver_at_once(job: GenerationJob) -> None:
    """Publish a trusted job's pictures here and now, where its shop lives in this process."""
    try:
        if not shop_backend(job.shop).publishes_at_once:
            return
    except RequestRefused:  # the shop was taken out of the settings; staff see it on the row
        logger.warning("The shop %s is not declared any more.", job.shop)
    for row in Publication.objects.filter(image__job=job).order_by("image__index"):
        if row.is_moving and (held := publications.take(row)):
            deliver(held)


def deliver(held: Publication) -> None:
    """Bring the shop to what is wanted of it, and record how that went. Never raises."""
    try:
        reference = _bring_there(held)
    except (PlatformRefused, TransitionRefused, RequestRefused) as error:
        publications.give_up(held, str(error))
    except Exception as error:  # whatever a shop's own code raises
        logger.warning("Publication %s failed.", held.pk, exc_info=True)
        wait = getattr(error, "retry_after", None)
        publications.postpone(held, why(error), retry_after=wait)
    else:
        try:
            publications.finish(held, reference)
        except LeaseLost:
            logger.info("Publication %s is held by another worker now.", held.pk)
        else:
            _tell_storefront(held)


def _tell_storefront(held: Publication) -> None:
    image = GeneratedImage.objects.select_related("job__submission").get(pk=held.image_id)
    if image.state == ImageState.PUBLISHED:
        renditions.on_published(image)


def _bring_there(held: Publication) -> str:
    image = GeneratedImage.objects.select_related("job", "product").get(pk=held.image_id)
    backend = shop_backend(image.shop)
    if publications.is_wanted(held, image):
        if image.product is None:
            raise TransitionRefused(_("The product of this picture was deleted."))
        return backend.publish(image.product, picture_of(image, order_key=held.order_key))
    if image.product is not None:  # a deleted product took its media along
        # The reference may have got lost with a worker, or with an answer that came too late.
        there = held.reference or backend.find_published(image.product, image.publish_key)
        if there:
            backend.unpublish(image.product, there)
    return ""
