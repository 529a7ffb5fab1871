"""Template tags of a shop's own pages: pictures for this shopper, and what they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from prodimages.conf import settings
from prodimages.services.storefront import scenes
from prodimages.services.storefront.contexts import Context
from prodimages.shops.registry import shop_backend
from prodimages.storefront.pictures import ProductPicture, Scene, context_of, pictures_of, scenes_of
from prodimages.storefront.responses import MIMES

register = template.Library()

_REMEMBERED = "_prodimages_pictures"


@register.inclusion_tag("prodimages/storefront/picture.html", takes_context=True)
def product_picture(
    context: template.Context,
    product: Any,
    *,
    shop: str = "local",
    sizes: str = "100vw",
    alt: str | None = None,
    css_class: str = "",
    eager: bool = False,
    **parts: str,
) -> dict[str, Any]:
    """``<picture>`` of ``product`` for this shopper, in the width and format that suits the device.

    ``parts`` are those of the context (scene, segment, locale, season, arm), over what the
    shop's backend says of the shopper. ``sizes`` is how wide the page shows it, as ``<img sizes>``
    has it; ``eager`` is for the one or two pictures that are seen first.
    """
    who = context_of(context.get("request"), shop, **parts)
    picture = _remembered(product, shop, who) or pictures_of([product], who, shop=shop)[product.pk]
    formats = [name for name in settings.STOREFRONT_FORMATS if name != "jpeg"]
    return {
        "picture": picture,
        "address": picture.url(),
        "waiting_address": picture.url(pending=True),
        "sources": [{"type": MIMES[name], "srcset": picture.srcset(name)} for name in formats],
        "srcset": picture.srcset("jpeg"),
        "sizes": sizes,
        "alt": shop_backend(shop).describe(product).name if alt is None else alt,
        "css_class": css_class,
        "ratio": _ratio(picture),
        "eager": eager,
    }


@register.simple_tag(takes_context=True)
def remember_product_pictures(
    context: template.Context, products: Iterable[Any], *, shop: str = "local", **parts: str
) -> str:
    """Ask for the pictures of a whole page of products at once, before each is shown."""
    products = list(products)
    who = context_of(context.get("request"), shop, **parts)
    found = pictures_of(products, who, shop=shop)
    for product in products:
        known = {**getattr(product, _REMEMBERED, {}), (shop, who): found[product.pk]}
        setattr(product, _REMEMBERED, known)
    return ""


@register.simple_tag(takes_context=True)
def product_scenes(
    context: template.Context, product: Any, *, shop: str = "local", **parts: str
) -> list[Scene]:
    """What a shopper may choose: each has ``slug``, ``name``, and its ``picture``."""
    request = context.get("request")
    names = [scene.slug for scene in scenes.offered(shop)]
    asked = [context_of(request, shop, **{**parts, "scene": name}) for name in names]
    return scenes_of(product, asked, shop=shop)


@register.inclusion_tag("prodimages/storefront/head.html")
def product_picture_head(*, beacon: bool = True) -> dict[str, Any]:
    """The style sheet and the script of shoppers' pictures, for ``<head>``."""
    try:
        address = reverse("prodimages_storefront:beacon") if beacon else ""
    except NoReverseMatch:
        address = ""
    return {"beacon": address}


def _remembered(product: Any, shop: str, who: Context) -> ProductPicture | None:
    found: ProductPicture | None = getattr(product, _REMEMBERED, {}).get((shop, who))
    return found


def _ratio(picture: ProductPicture) -> str:
    """The style sheet's name for the picture's shape, of those that styles have."""
    across, down = picture.width, picture.height
    known = {"1x1": 1.0, "4x5": 0.8, "3x4": 0.75, "4x3": 4 / 3, "16x9": 16 / 9, "9x16": 9 / 16}
    name, ratio = min(known.items(), key=lambda item: abs(item[1] - across / down))
    return name if abs(ratio - across / down) < 0.02 * ratio else ""
