"""A shopper asked for a picture that is not there, or is outdated: have it made, once.

Whoever asks first wins a compare-and-set on the variant's ``due_at``, and orders; everybody else
of the next hour does nothing. The order is one of the queue's like any other.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import ImageState, Source, VariantState
from prodimages.exceptions import BudgetSpent, RequestRefused
from prodimages.models import GeneratedImage, GenerationJob, StorefrontVariant, Style
from prodimages.services.storefront import quotas, renditions, scenes, shown
from prodimages.services.storefront.contexts import Context
from prodimages.services.storefront.sources import photo_digest, style_digest
from prodimages.services.submission import Order, submit
from prodimages.shops.base import ShopBackend
from prodimages.shops.registry import shop_backend

logger = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
"""So long after an order, or a reason against one, nothing more is ordered for the variant."""
MOST_ORDERS = 3
"""Failed or rejected so often, a variant waits for staff or for another style or photo."""
PRIORITY = -1
"""Behind what staff order."""


class NoSuchProduct(Exception):
    """The product is not one of the shop's."""


def want(shop: str, product: Any, context: Context) -> None:
    """See to it that the picture for ``context`` is made; returns at once, whatever comes of it.

    Raises RequestRefused for a scene that is not offered, NoSuchProduct.
    """
    scene = scenes.choose(shop, context)
    style = scene.style if scene else None
    row = StorefrontVariant.objects.of(shop, product, context.key).first()
    if row is not None and row.due_at > timezone.now() and row.style_id == (style and style.pk):
        return
    backend = shop_backend(shop)
    found = backend.products().filter(pk=product).first()
    if found is None:
        raise NoSuchProduct
    if row is None:
        row, _made = StorefrontVariant.objects.get_or_create(
            shop=shop, product_id=product, key=context.key, defaults={"style": style}
        )
    if row.style_id != (style and style.pk):
        _begin_anew(row, style)
    if _is_mine(row):
        order(row, found, backend)


def _begin_anew(row: StorefrontVariant, style: Style | None) -> None:
    """Staff gave the scene another style; what the old one made is shown until then."""
    StorefrontVariant.objects.filter(pk=row.pk, style=row.style_id).update(
        style=style, stale_since=timezone.now(), due_at=timezone.now(), orders=0
    )
    row.refresh_from_db()


def _is_mine(row: StorefrontVariant) -> bool:
    """Whether of all who see ``row`` due this one is to act; the others have been overtaken."""
    now = timezone.now()
    due = StorefrontVariant.objects.filter(pk=row.pk, due_at__lte=now)
    return bool(due.update(due_at=now + AGAIN, asked_at=now))


def refresh(rows: list[StorefrontVariant]) -> int:
    """Staff want newer pictures: order them now, within the day's quotas. Returns how many."""
    count = 0
    for row in rows:
        now = timezone.now()
        StorefrontVariant.objects.filter(pk=row.pk).update(
            stale_since=now, due_at=now + AGAIN, orders=0, error=""
        )
        row.refresh_from_db()
        count += order(row, row.product, shop_backend(row.shop))
    return count


def order(row: StorefrontVariant, product: Any, backend: ShopBackend) -> bool:
    """Bring about what ``row`` lacks. False, with the reason on the row, when nothing can be done.

    For whoever has taken the row's turn; never raises for what staff or time may cure.
    """
    try:
        _order(row, product, backend)
    except BudgetSpent as spent:
        later = spent.resets_at or timezone.now() + timedelta(days=1)
        _tell(row, str(spent), due_at=later)
    except RequestRefused as refused:
        _tell(row, str(refused))
    else:
        return True
    return False


def _order(row: StorefrontVariant, product: Any, backend: ShopBackend) -> None:
    photos = backend.photos_for([product]).get(product.pk) or []
    digests = {"style_digest": style_digest(row.style), "photo_digest": photo_digest(photos)}
    there = _there(row, photos[0].ref if photos else "")
    if there is not None:
        StorefrontVariant.objects.filter(pk=row.pk).update(**digests, error="")
        renditions.order(there)
        shown.settle(row.shop, product.pk)
        return
    if row.style is None:
        raise RequestRefused.about("product", _("No picture of it is published yet."))
    if waiting := _not_decided(row):
        _tell(row, waiting)
        return
    if row.orders >= MOST_ORDERS:
        if row.state != VariantState.READY:
            StorefrontVariant.objects.filter(pk=row.pk).update(state=VariantState.FAILED)
        raise RequestRefused.about("style", _("It was tried often enough."))
    StorefrontVariant.objects.filter(pk=row.pk).update(
        job=_job(row, product, row.style), orders=row.orders + 1, error="", **digests
    )


def _there(row: StorefrontVariant, photo_ref: str) -> GeneratedImage | None:
    """A published picture that is what is wanted, whoever ordered it."""
    if row.style is None:
        return shown.best(row.shop, row.product_id)
    images = shown.published(row.shop, row.product_id).filter(
        job__style=row.style,
        job__photo_ref__in=[photo_ref, ""],
        job__created_at__gte=row.style.updated_at,
    )
    if row.stale_since is not None:
        images = images.filter(job__created_at__gte=row.stale_since)
    return images.order_by("-pk").first()


def _not_decided(row: StorefrontVariant) -> str:
    """What the last order still waits for, in words; empty when it came to nothing, or is old."""
    job = row.job
    if job is None or (row.stale_since and job.created_at < row.stale_since):
        return ""
    if not job.is_finished:
        return _("It is being made.")
    states = set(job.images.values_list("state", flat=True))
    if ImageState.PENDING in states:
        return _("It waits for review.")
    return _("It is being published.") if ImageState.APPROVED in states else ""


def _job(row: StorefrontVariant, product: Any, style: Style) -> GenerationJob:
    """One job for the product in the style, also for its other variants that ask meanwhile."""
    try:
        with transaction.atomic():
            quotas.take(row.shop, product.pk)
            receipt = submit(
                Order(
                    products=[product],
                    style=style,
                    shop=row.shop,
                    source=Source.STOREFRONT,
                    client=shown.CLIENT,
                    once=shown.CLIENT,
                    priority=PRIORITY,
                )
            )
            job: GenerationJob = receipt.submission.jobs.get()
            return job
    except IntegrityError:
        other: GenerationJob | None = GenerationJob.objects.filter(
            shop=row.shop,
            product_id=product.pk,
            style=style,
            active_key__startswith=f"{shown.CLIENT}:",
        ).first()
        if other is None:  # it ended between the two questions
            raise RequestRefused.about("style", _("It is being made.")) from None
        return other


def _tell(row: StorefrontVariant, words: str, *, due_at: datetime | None = None) -> None:
    values: dict[str, Any] = {"error": words}
    if due_at is not None:
        values["due_at"] = due_at
    StorefrontVariant.objects.filter(pk=row.pk).update(**values)
