"""Addresses of shoppers' pictures, and what a page has to know of them: for a shop's own code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from prodimages.conf import settings
from prodimages.models import GeneratedImage, StorefrontVariant
from prodimages.services.storefront import scenes
from prodimages.services.storefront.contexts import Context
from prodimages.shops.registry import shop_backend
from prodimages.storefront.signing import Signed, sign

NAMES = ("v", "e", "s", "shop", "w", "f", "pending")
"""Of an address' query, in the order in which it is made."""
SQUARE = (1024, 1024)
"""Taken for the size of a picture of which nothing is known yet."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProductPicture:
    """A product's picture for one kind of shopper, as a page shows it."""

    signed: Signed
    width: int
    height: int
    """Of the picture, or of the one that is to come: what a page keeps room for."""
    is_pending: bool
    """Nothing is there yet, as far as was known when the page was made."""
    image: int | None = None
    """Key of the GeneratedImage that is shown."""

    def url(self, width: int | None = None, format: str = "jpeg", *, pending: bool = False) -> str:
        """The same for every shopper of the kind, until the product's epoch ends."""
        query = {"v": self.signed.variant, "e": self.signed.epoch, "s": self.signed.signature}
        if self.signed.shop != "local":
            query["shop"] = self.signed.shop
        query |= {"w": width or self._default_width(), "f": format}
        if pending:
            query["pending"] = 1
        path = reverse("prodimages_storefront:picture", args=[self.signed.product])
        return f"{path}?{urlencode(query)}"

    def srcset(self, format: str) -> str:
        """Every width that the picture is wide enough for, as ``<source srcset>`` takes it."""
        return ", ".join(f"{self.url(width, format)} {width}w" for width in self.widths())

    def widths(self) -> list[int]:
        wanted = sorted(settings.STOREFRONT_WIDTHS)
        return [width for width in wanted if width <= self.width] or wanted[:1]

    def _default_width(self) -> int:
        widths = self.widths()
        return widths[min(1, len(widths) - 1)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """One that a shopper may choose, and the product's picture in it."""

    slug: str
    name: str
    picture: ProductPicture


def picture_url(
    product: Any,
    context: Context | None = None,
    *,
    shop: str = "local",
    width: int | None = None,
    format: str = "jpeg",
) -> str:
    """The signed address of ``product``'s picture for shoppers of this kind; no query is made
    but, twice a minute, one for the scenes. Raises RequestRefused for a scene that is not offered.
    """
    context = context or Context()
    scene = scenes.choose(shop, context)
    signed = sign(shop, str(product.pk), context.key)
    across, down = scene.style.dimensions if scene else SQUARE
    size = {"width": across, "height": down}
    return ProductPicture(signed=signed, is_pending=True, **size).url(width, format)


def pictures_of(
    products: Iterable[Any], context: Context | None = None, *, shop: str = "local"
) -> dict[Any, ProductPicture]:
    """What a page has to know of its products' pictures, by primary key; two queries for all.

    Raises RequestRefused for a scene that is not offered.
    """
    context = context or Context()
    keys = [product.pk for product in products]
    scene = scenes.choose(shop, context)
    shown = _shown(shop, keys, [context.key])
    sizes = (
        {}
        if scene
        else _gallery_sizes(shop, [key for key in keys if (key, context.key) not in shown])
    )
    room = scene.style.dimensions if scene else None
    return {
        key: _picture(shop, key, context, shown, room or sizes.get(key, SQUARE)) for key in keys
    }


def scenes_of(product: Any, contexts: Iterable[Context], *, shop: str = "local") -> list[Scene]:
    """The product in each of several scenes, in one query: for a chooser."""
    contexts = list(contexts)
    shown = _shown(shop, [product.pk], [context.key for context in contexts])
    found = []
    for context in contexts:
        scene = scenes.choose(shop, context)
        if scene is not None:
            picture = _picture(shop, product.pk, context, shown, scene.style.dimensions)
            found.append(Scene(slug=scene.slug, name=scene.name, picture=picture))
    return found


_Shown = dict[tuple[Any, str], tuple[int, int, int]]


def _shown(shop: str, products: list[Any], keys: list[str]) -> _Shown:
    """By product and variant: key, width and height of the picture that is shown."""
    rows = StorefrontVariant.objects.shown().filter(
        shop=shop, product_id__in=products, key__in=keys
    )
    values = rows.values_list("product_id", "key", "image_id", "image__width", "image__height")
    return {(product, key): (image, wide, high) for product, key, image, wide, high in values}


def _picture(
    shop: str, product: Any, context: Context, shown: _Shown, room: tuple[int, int]
) -> ProductPicture:
    image, width, height = shown.get((product, context.key), (None, *room))
    return ProductPicture(
        signed=sign(shop, str(product), context.key),
        width=width,
        height=height,
        is_pending=image is None,
        image=image,
    )


def _gallery_sizes(shop: str, keys: list[Any]) -> dict[Any, tuple[int, int]]:
    """Of each product's newest published picture, which stands in meanwhile."""
    if not keys:
        return {}
    images = GeneratedImage.objects.filter(
        shop=shop, product_id__in=keys, state="published"
    ).order_by("pk")
    values = images.values_list("product_id", "width", "height")
    return {key: (width, height) for key, width, height in values}


def context_of(request: Any, shop: str = "local", **parts: str) -> Context:
    """What the shop's backend knows of the shopper, and ``parts`` over it.

    Raises RequestRefused.
    """
    known = dict(shop_backend(shop).shopper(request)) if request is not None else {}
    names = {field.name for field in dataclasses.fields(Context)}
    given = {name: value for name, value in parts.items() if value is not None}
    return Context(**{name: text for name, text in (known | given).items() if name in names})
