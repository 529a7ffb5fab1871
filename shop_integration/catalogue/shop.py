"""The reference catalogue as a shop: its photos go in, approved pictures come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from prodimages.shops.base import Photo, Picture, ProductInfo, ShopBackend
from shop_integration.catalogue.models import Product, ProductMedia


class CatalogueShop(ShopBackend):
    def describe(self, product: Product) -> ProductInfo:
        return ProductInfo(
            key=str(product.pk),
            name=product.name,
            description=product.description,
            category=product.category,
            tags=tuple(str(tag) for tag in product.tags),
            product_type=product.product_type,
            sku=product.sku,
            color=product.color,
            width_cm=None if product.width_cm is None else float(product.width_cm),
        )

    def photos(self, product: Product) -> list[Photo]:
        return [_as_photo(media) for media in ProductMedia.objects.photos().filter(product=product)]

    def photos_for(self, products: Iterable[Product]) -> dict[Any, list[Photo]]:
        found: dict[Any, list[Photo]] = defaultdict(list)
        keys = [product.pk for product in products]
        for media in ProductMedia.objects.photos().filter(product__in=keys):
            found[media.product_id].append(_as_photo(media))
        return {key: found[key] for key in keys}

    def photo_url(self, product: Product) -> str:
        media = ProductMedia.objects.photos().filter(product=product).first()
        return str(media.file.url) if media else ""

    def publish(self, product: Product, picture: Picture) -> str:
        published = ProductMedia.objects.filter(source_ref=picture.ref).first()
        return str((published or _add(product, picture)).pk)

    def unpublish(self, product: Product, reference: str) -> None:
        if not reference.isdecimal():
            return
        rows = ProductMedia.objects.generated().filter(product=product, pk=int(reference))
        with transaction.atomic():
            for media in rows.select_for_update():
                media.delete()
                # A file can't be rolled back, so it goes only when the row is surely gone.
                transaction.on_commit(partial(media.file.delete, save=False))

    def find_published(self, product: Product, ref: str) -> str:
        published = ProductMedia.objects.filter(product=product, source_ref=ref).first()
        return str(published.pk) if published else ""

    def products(self) -> QuerySet[Product]:
        """Those made here, without the mirrored ones of outside shops."""
        return Product.objects.filter(mirrored__isnull=True)

    def product_url(self, product: Product) -> str:
        try:
            return reverse("admin:prodimages_catalogue_product_change", args=[product.pk])
        except NoReverseMatch:
            return ""


def _as_photo(media: ProductMedia) -> Photo:
    def open_photo() -> BinaryIO:
        return cast(BinaryIO, media.file.storage.open(str(media.file), "rb"))

    return Photo(ref=str(media.pk), open=open_photo, version=str(media.file))


def _add(product: Product, picture: Picture) -> ProductMedia:
    """Store the file, then the row; whoever loses the race for ``source_ref`` tidies up."""
    media = ProductMedia(
        product=product,
        alt=picture.alt[: ProductMedia._meta.get_field("alt").max_length],
        kind=ProductMedia.Kind.GENERATED,
        source_ref=picture.ref,
        position=ProductMedia.objects.next_position(product),
    )
    with picture.open() as content:
        # A nameless File would leave width and height empty, and every later read opens it.
        media.file.save(picture.filename, File(content, name=picture.filename), save=False)
    try:
        with transaction.atomic():
            media.save(force_insert=True)
    except BaseException as error:
        media.file.delete(save=False)
        if not isinstance(error, IntegrityError):
            raise
        winner = ProductMedia.objects.filter(source_ref=picture.ref).first()
        if winner is None:  # another constraint: the product is gone, say
            raise
        return winner
    return media
