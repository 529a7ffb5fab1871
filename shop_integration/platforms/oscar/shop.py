"""Oscar's catalogue as a shop: its images go in, approved pictures become images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils.html import strip_tags
from oscar.core.loading import get_model

from prodimages.shops.base import Photo, Picture, ProductInfo, ShopBackend

CODE = "prodimages-"
"""How the code of an image of ours begins."""


class OscarShop(ShopBackend):
    """Products, images and attributes of the Oscar site that this runs in.

    A product's attributes ``color`` (or ``colour``) and ``width_cm`` are used where it has
    them; every attribute can be named in a prompt.
    """

    def describe(self, product: Any) -> ProductInfo:
        attributes = {
            value.attribute.code: str(value.value_as_text)
            for value in product.attribute_values.select_related("attribute")
        }
        product_class = product.get_product_class()
        return ProductInfo(
            key=product.upc or str(product.pk),
            name=product.get_title(),
            description=strip_tags(product.description or ""),
            category=_category(product),
            product_type=product_class.name if product_class else "",
            sku=product.upc or "",
            color=attributes.get("color") or attributes.get("colour", ""),
            width_cm=_number(attributes.get("width_cm")),
            attributes=attributes,
        )

    def photos(self, product: Any) -> list[Photo]:
        return self.photos_for([product])[product.pk]

    def photos_for(self, products: Iterable[Any]) -> dict[Any, list[Photo]]:
        """A child product without photos has its parent's, as in Oscar's own pages."""
        products = list(products)
        keys = {product.pk for product in products}
        keys |= {product.parent_id for product in products if product.parent_id}
        found: dict[Any, list[Photo]] = defaultdict(list)
        images = get_model("catalogue", "ProductImage").objects
        for image in images.filter(product__in=keys).order_by("display_order", "pk"):
            if not is_ours(image):
                found[image.product_id].append(_as_photo(image))
        return {product.pk: found[product.pk] or found[product.parent_id] for product in products}

    def publish(self, product: Any, picture: Picture) -> str:
        there = self.find_published(product, picture.ref)
        return there or str(_add(product, picture).pk)

    def unpublish(self, product: Any, reference: str) -> None:
        if not reference.isdecimal():
            return
        images = get_model("catalogue", "ProductImage").objects
        rows = images.filter(product=product, pk=int(reference), code__startswith=CODE)
        with transaction.atomic():
            for image in rows.select_for_update():
                image.delete()

    def find_published(self, product: Any, ref: str) -> str:
        images = get_model("catalogue", "ProductImage").objects
        image = images.filter(product=product, code=CODE + ref).first()
        return str(image.pk) if image else ""

    def find(self, text: str) -> Any | None:
        """The product by its UPC, or by its key."""
        products = get_model("catalogue", "Product").objects
        if by_upc := products.filter(upc=text).first():
            return by_upc
        return products.filter(pk=int(text)).first() if text.isdecimal() else None

    def product_url(self, product: Any) -> str:
        try:
            return reverse("dashboard:catalogue-product", args=[product.pk])
        except NoReverseMatch:
            return ""


def is_ours(image: Any) -> bool:
    """Whether prodimages put ``image`` there."""
    return bool(image.code) and image.code.startswith(CODE)


def _category(product: Any) -> str:
    """The path of the deepest category that the product is in."""
    owner = product.parent if product.is_child else product
    category = owner.categories.order_by("-depth", "path").first()
    if category is None:
        return ""
    names = [one.name for one in category.get_ancestors_and_self()]
    return "/".join(name.replace("/", "-") for name in names)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _as_photo(image: Any) -> Photo:
    def open_photo() -> BinaryIO:
        return cast(BinaryIO, image.original.storage.open(image.original.name, "rb"))

    return Photo(ref=str(image.pk), open=open_photo, version=str(image.original))


def _add(product: Any, picture: Picture) -> Any:
    """Store the file, then the row; whoever loses the race for ``code`` tidies up."""
    model = get_model("catalogue", "ProductImage")
    last = model.objects.filter(product=product).aggregate(last=Max("display_order"))["last"]
    image = model(
        product=product,
        code=CODE + picture.ref,
        caption=picture.alt[:200],
        # Oscar shows zero first: ours never takes the place of the shop's own photo.
        display_order=0 if last is None else last + 1,
    )
    with picture.open() as content:
        image.original.save(picture.filename, File(content, name=picture.filename), save=False)
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except BaseException as error:
        image.original.delete(save=False)
        if not isinstance(error, IntegrityError):
            raise
        winner = model.objects.filter(code=CODE + picture.ref).first()
        if winner is None:
            raise
        return winner
    return image
