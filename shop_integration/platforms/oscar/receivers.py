"""A new product's first photo orders its first pictures, by the style rules."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from oscar.core.loading import get_model

from prodimages.choices import Source
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.services.storefront import freshness
from prodimages.services.submission import Order, submit
from shop_integration.platforms.oscar.shop import OscarShop, is_ours

logger = logging.getLogger(__name__)
CLIENT = "oscar"


def connect() -> None:
    """Listen for products and for images: the dashboard saves a product before its images."""
    post_save.connect(
        on_product, sender=get_model("catalogue", "Product"), dispatch_uid="prodimages_oscar"
    )
    post_save.connect(
        on_image, sender=get_model("catalogue", "ProductImage"), dispatch_uid="prodimages_oscar"
    )


def on_product(*, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        transaction.on_commit(partial(order_first_pictures, instance.pk), robust=True)


def on_image(*, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or is_ours(instance):
        return
    if created:
        transaction.on_commit(partial(order_first_pictures, instance.product_id), robust=True)
    transaction.on_commit(partial(_tell_storefront, instance.product_id), robust=True)


def _tell_storefront(key: Any) -> None:
    """Shoppers' pictures of another photo are outdated."""
    product, shop = get_model("catalogue", "Product").objects.filter(pk=key).first(), shop_slug()
    if product is not None and shop:
        freshness.on_photo(product, shop=shop)


def order_first_pictures(key: Any) -> int:
    """Order by the rules, once a product; returns how many jobs it has by that order.

    Nothing happens while the product has no photo or no rule chooses it a style; its next
    photo asks again. A product that was there before this app was is left alone, unless it
    gets another photo.
    """
    product = get_model("catalogue", "Product").objects.filter(pk=key).first()
    shop = shop_slug()
    if product is None or not shop:
        return 0
    order = Order(
        products=[product],
        shop=shop,
        source=Source.WEBHOOK,
        client=CLIENT,
        idempotency_key=f"first:{product.pk}",
    )
    try:
        return submit(order).job_count
    except RequestRefused as refused:
        logger.info("No pictures for Oscar's product %s yet: %s", key, refused)
        return 0


def shop_slug() -> str:
    """The slug of the shop whose backend is Oscar's, or one made from it."""
    from django.utils.module_loading import import_string

    for slug, declared in settings.SHOPS.items():
        if issubclass(import_string(declared["BACKEND"]), OscarShop):
            return str(slug)
    return ""
