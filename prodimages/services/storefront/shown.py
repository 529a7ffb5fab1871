"""Which picture a variant shows, and what is shown while it has none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from prodimages.choices import ImageState, RenditionState, VariantState
from prodimages.models import GeneratedImage, StorefrontVariant
from prodimages.services.storefront.sources import style_digest

CLIENT = "storefront"
"""Who orders shoppers' pictures, in ``Submission.client``: by it they are known."""
JPEG = "jpeg"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """One file that a shopper is given."""

    file: str
    """Its name in the private storage."""
    format: str
    width: int
    digest: str
    variant: int = 0
    """Key of the variant; 0 for a picture that stands in for one."""
    stale_since: datetime | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None


def find(shop: str, product: Any, key: str, format: str, width: int) -> Shown | None:
    """The file for a variant that may be seen, in one query; None when there is none.

    In ``format``, or as JPEG where it was never made in that; as wide as ``width`` where the
    picture is, else the next wider, else the widest there is.
    """
    rows = StorefrontVariant.objects.of(shop, product, key).shown()
    values = rows.filter(image__renditions__format__in=[format, JPEG]).values(
        "stale_since",
        "due_at",
        "asked_at",
        variant=F("pk"),
        file=F("image__renditions__file"),
        format=F("image__renditions__format"),
        width=F("image__renditions__width"),
        digest=F("image__renditions__digest"),
    )
    return _fitting([Shown(**row) for row in values], format, width)


def stand_in(shop: str, product: Any, format: str, width: int) -> Shown | GeneratedImage | None:
    """The best published picture of the product, whatever its style.

    As a rendition where it has some, else as the picture itself; None where there is none.
    """
    image = best(shop, product)
    if image is None:
        return None
    rows = image.renditions.filter(format__in=[format, JPEG])
    found = [
        Shown(file=str(row.file), format=row.format, width=row.width, digest=row.digest)
        for row in rows
    ]
    return _fitting(found, format, width) or image


def _fitting(files: Sequence[Shown], format: str, width: int) -> Shown | None:
    same = [file for file in files if file.format == format] or list(files)
    wide = [file for file in same if file.width >= width]
    if wide:
        return min(wide, key=lambda file: file.width)
    return max(same, key=lambda file: file.width, default=None)


def published(shop: str, product: Any) -> QuerySet[GeneratedImage]:
    return GeneratedImage.objects.filter(shop=shop, product_id=product, state=ImageState.PUBLISHED)


def _best_first(images: QuerySet[GeneratedImage]) -> QuerySet[GeneratedImage]:
    """Those of the product's own gallery before shoppers' scenes, without remarks before others."""
    for_shoppers = When(job__submission__client=CLIENT, then=Value(1))
    scenes_last = Case(for_shoppers, default=Value(0), output_field=IntegerField())
    return images.order_by(scenes_last, "severity", "-published_at", "-pk")


def best(shop: str, product: Any) -> GeneratedImage | None:
    return _best_first(published(shop, product)).first()


def settle(shop: str, product: Any) -> None:
    """Let each variant of the product show the newest picture that it may. Safe to repeat."""
    rows = StorefrontVariant.objects.filter(shop=shop, product_id=product)
    for row in rows.select_related("style").order_by("pk"):
        image = _candidate(row)
        if image is None or (image.pk == row.image_id and row.state == VariantState.READY):
            continue
        StorefrontVariant.objects.filter(pk=row.pk).update(
            image=image,
            state=VariantState.READY,
            stale_since=timezone.now() if _is_outdated(row, image) else None,
            orders=0,
            error="",
        )


def _is_outdated(row: StorefrontVariant, image: GeneratedImage) -> bool:
    """What was ordered before its style changed is outdated as it arrives."""
    style = row.style
    if style is None or style.updated_at <= image.job.created_at:
        return False
    return row.style_digest != style_digest(style)


# Made once, though some may be made again by now.
_HAS_RENDITIONS = Q(rendition_set__state=RenditionState.DONE) | Q(
    rendition_set__state__in=[RenditionState.WAITING, RenditionState.RUNNING],
    rendition_set__ended_at__isnull=False,
)


def _candidate(row: StorefrontVariant) -> GeneratedImage | None:
    ready = published(row.shop, row.product_id).filter(_HAS_RENDITIONS)
    if row.style_id is None:
        return _best_first(ready).first()
    ready = ready.filter(job__style_id=row.style_id)
    if row.stale_since is not None:
        newer = ready.filter(job__created_at__gte=row.stale_since)
        # Better an outdated picture than none, but not another outdated one.
        kept = ready if row.image_id is None else ready.filter(pk=row.image_id)
        ready = newer if newer.exists() else kept
    return ready.order_by("-pk").first()
