"""Noticing that a product's photo or a style changed, and forgetting what nobody asks for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.models import (
    Rendition,
    RenditionSet,
    StorefrontCount,
    StorefrontQuota,
    StorefrontVariant,
    Style,
)
from prodimages.services.storefront.sources import photo_digest, style_digest
from prodimages.shops.base import ShopBackend
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

logger = logging.getLogger(__name__)

LOOK = timedelta(days=1)
"""How often a worker asks a shop whether a variant's photo is still the same."""
AT_ONCE = 100
QUOTA_DAYS = 3


def on_style(style: Style) -> None:
    """The style was saved: pictures by which it looked otherwise are outdated."""
    rows = StorefrontVariant.objects.filter(style=style).exclude(style_digest="")
    _outdate(rows.exclude(style_digest=style_digest(style)))


def on_photo(product: Model, *, shop: str = "local") -> None:
    """The product's photos may have changed; for a shop's own signal or its hook.

    Without such a call a worker finds out by itself within a day, of pictures that are shown.
    """
    if StorefrontVariant.objects.filter(shop=shop, product_id=product.pk).exists():
        _compare(shop, [product.pk], shop_backend(shop))


def anything_due(queues: Sequence[str]) -> list[str]:
    """The queue whose workers look at photos, if it is one of these and something is to look at."""
    queue = settings.STOREFRONT_QUEUE or settings.QUEUE
    return [queue] if queue in queues and _due().exists() else []


def run_next(queues: Sequence[str]) -> int:
    """Look at some photos whose turn it is. Returns 0: there is no hurry with the next ones."""
    if anything_due(queues):
        look()
    return 0


def look(*, limit: int = AT_ONCE) -> int:
    """Ask the shops for the photos of up to ``limit`` variants. Returns how many were outdated."""
    keys = list(_due().order_by("looked_at").values_list("pk", flat=True)[:limit])
    rows = StorefrontVariant.objects.filter(pk__in=keys)
    places = set(rows.values_list("shop", "product_id"))
    rows.update(looked_at=timezone.now())
    count = 0
    for shop in sorted({shop for shop, _product in places}):
        try:
            backend = shop_backend(shop)
            count += _compare(shop, [key for its, key in places if its == shop], backend)
        except RequestRefused:  # not declared any more
            continue
        except Exception:  # whatever a shop's own code raises
            logger.warning("The photos of %s could not be looked at.", shop, exc_info=True)
    return count


def _due() -> QuerySet[StorefrontVariant]:
    return StorefrontVariant.objects.filter(looked_at__lt=timezone.now() - LOOK)


def _compare(shop: str, products: list[Any], backend: ShopBackend) -> int:
    found = list(backend.products().filter(pk__in=products))
    photos = backend.photos_for(found)
    count = 0
    for product in found:
        digest = photo_digest(photos.get(product.pk) or [])
        rows = StorefrontVariant.objects.filter(shop=shop, product_id=product.pk)
        made = rows.exclude(style=None)
        count += _outdate(made.exclude(photo_digest__in=["", digest]))
        # One that shows what was ordered for another variant is held to that from now on.
        made.filter(photo_digest="", stale_since=None).update(photo_digest=digest)
    return count


def _outdate(rows: QuerySet[StorefrontVariant]) -> int:
    """Once for each change: a row that is outdated already, and ordered since, is left alone."""
    now = timezone.now()
    return rows.update(stale_since=now, due_at=now, orders=0, style_digest="", photo_digest="")


def forget(*, limit: int = 1000) -> int:
    """Remove variants, renditions and counts whose time is over. Returns how many files went."""
    now = timezone.now()
    kept = now - timedelta(days=settings.STOREFRONT_DAYS)
    over = StorefrontVariant.objects.filter(asked_at__lt=kept).values_list("pk", flat=True)
    StorefrontVariant.objects.filter(pk__in=list(over[:limit])).delete()
    StorefrontCount.objects.filter(day__lt=kept.date()).delete()
    quotas = StorefrontQuota.objects.filter(day__lt=now.date() - timedelta(days=QUOTA_DAYS))
    quotas.delete()
    unused = RenditionSet.objects.filter(image__variants=None, created_at__lt=kept)
    return sum(remove(key) for key in list(unused.values_list("image_id", flat=True)[:limit]))


def remove(image: int) -> int:
    """Remove the renditions of a picture, files first. Returns how many files there were."""
    names = list(Rendition.objects.filter(image=image).values_list("file", flat=True))
    storage = private_storage()
    for name in names:
        storage.delete(name)
    Rendition.objects.filter(image=image).delete()
    RenditionSet.objects.filter(image=image).delete()
    return len(names)
