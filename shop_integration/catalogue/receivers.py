"""Tells prodimages that a product's photos changed, so that shoppers' pictures are made anew."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from prodimages.conf import settings
from prodimages.services.storefront import freshness
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.catalogue.shop import CatalogueShop


def connect() -> None:
    for signal in (post_save, post_delete):
        signal.connect(
            on_media, sender=ProductMedia, dispatch_uid="prodimages_catalogue.photo_changed"
        )


def on_media(*, instance: ProductMedia, raw: bool = False, **kwargs: Any) -> None:
    if not raw and instance.kind == ProductMedia.Kind.PHOTO:
        transaction.on_commit(partial(_tell, instance.product_id), robust=True)


def _tell(key: int) -> None:
    product = Product.objects.filter(pk=key, mirrored=None).first()
    if product is not None:
        for slug in _own_shops():
            freshness.on_photo(product, shop=slug)


def _own_shops() -> list[str]:
    """The slugs of the shops whose products are the catalogue's own."""
    path = f"{CatalogueShop.__module__}.{CatalogueShop.__qualname__}"
    return [slug for slug, declared in settings.SHOPS.items() if declared.get("BACKEND") == path]
