"""Keeps the rows of outside shops' products, whatever order the news of them comes in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.services.storefront import freshness
from prodimages.shops.platform import OutsideProduct, StateUnclear, Taken
from shop_integration.catalogue.models import MirroredProduct, Product

MOST_PHOTOS = 100
MOST_TAGS = 100


def take(
    shop: str,
    outside: OutsideProduct,
    *,
    as_of: datetime,
    asked_at: datetime | None,
    by_event: bool = True,
) -> Taken | None:
    """See ``PlatformShop.take``."""
    state = _state(outside)
    digest = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        row = _locked(shop, outside.external_id, waits=by_event)
        if not _is_news(row, digest, as_of, asked_at):
            return None
        if row.product is None or row.digest != digest:
            _write(row, state)
        row.digest, row.as_of, row.deleted_at = digest, as_of, None
        row.save()
    assert row.product is not None
    row.product.mirrored = row
    freshness.on_photo(row.product, shop=shop)
    return Taken(product=row.product, waits=row.waits)


def _locked(shop: str, external_id: str, *, waits: bool) -> MirroredProduct:
    """The one row of the product; whoever else brings news of it waits until we are done."""
    row, _created = MirroredProduct.objects.get_or_create(
        shop=shop, external_id=external_id, defaults={"waits": waits}
    )
    return MirroredProduct.objects.select_for_update().get(pk=row.pk)


def _is_news(row: MirroredProduct, digest: str, as_of: datetime, asked_at: datetime | None) -> bool:
    """False for a state of before the one that is known. Raises StateUnclear."""
    if row.deleted_at is not None:
        if row.as_of is not None and asked_at is None and as_of < row.as_of:
            return False
        if asked_at is None or asked_at <= row.deleted_at:
            raise StateUnclear(_("The product was deleted; only the shop knows if it is back."))
        return True
    if row.as_of is None or as_of > row.as_of:
        return True
    if as_of < row.as_of:
        return False
    if digest != row.digest and asked_at is None:
        raise StateUnclear(_("Two states of the product are of the same moment."))
    return True


def _state(outside: OutsideProduct) -> dict[str, Any]:
    """What is kept of a product, cut to what fits."""
    parts = [part.strip() for part in outside.category.split("/")]
    tags = list(dict.fromkeys(tag.strip() for tag in outside.tags if tag.strip()))
    return {
        "name": outside.name.strip()[:200] or outside.external_id,
        "description": outside.description,
        "category": "/".join(part for part in parts if part)[:200].rstrip("/"),
        "tags": [tag[:100] for tag in tags[:MOST_TAGS]],
        "product_type": outside.product_type.strip()[:64],
        "sku": outside.sku.strip()[:100],
        "url": outside.url,
        "photos": [
            {"ref": photo.ref[:255], "url": photo.url, "alt": photo.alt[:250]}
            for photo in outside.photos[:MOST_PHOTOS]
        ],
    }


def _write(row: MirroredProduct, state: dict[str, Any]) -> None:
    if row.product is None:
        key = hashlib.sha256(row.external_id.encode()).hexdigest()[:12]
        # Made over from the shop's name: two shops may use one SKU, and some products have none.
        row.product = Product(sku=f"{row.shop}:{key}", slug=f"{row.shop}-{key}")
    for name in ("name", "description", "category", "tags", "product_type"):
        setattr(row.product, name, state[name])
    row.product.save()
    row.product = row.product  # notices the key that saving gave it
    row.sku, row.url, row.photos = state["sku"], state["url"], state["photos"]


def settle(products: Collection[Any]) -> None:
    """See ``PlatformShop.settle``."""
    MirroredProduct.objects.filter(product__in=products, waits=True).update(waits=False)


def drop(shop: str, external_id: str, *, as_of: datetime | None) -> bool:
    """See ``PlatformShop.drop``."""
    with transaction.atomic():
        row = _locked(shop, external_id, waits=True)
        if as_of is not None and row.as_of is not None and as_of < row.as_of:
            return False
        product = row.product
        row.product, row.photos, row.digest = None, [], ""
        row.as_of, row.deleted_at = as_of or row.as_of, timezone.now()
        row.waits = True  # should it come back, it is a new product
        row.save()
        if product is not None:
            product.delete()
    return True


def erase(shop: str, *, page: int = 200) -> int:
    """See ``PlatformShop.erase``."""
    count = 0
    while rows := list(
        MirroredProduct.objects.filter(shop=shop).select_related("product").order_by("pk")[:page]
    ):
        with transaction.atomic():
            for row in rows:
                if row.product is not None:
                    _erase_product(row.product)
                    count += 1
                row.delete()
    return count


def _erase_product(product: Product) -> None:
    for media in product.media.all():
        transaction.on_commit(lambda file=media.file: file.delete(save=False))  # type: ignore[misc]
    product.delete()
