"""The half of an outside shop's backend that is the same for every platform."""

from __future__ import annotations

import functools
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db.models import QuerySet, prefetch_related_objects

from prodimages.choices import ImageState
from prodimages.conf import settings
from prodimages.shops.base import Photo, ProductInfo
from prodimages.shops.platform import OutsideProduct, PlatformShop, Taken

PRODUCT_MODEL = "prodimages_catalogue.Product"


class MirroredShop(PlatformShop):
    """Keeps the shop's products as MirroredProduct; an adapter adds the platform's own calls.

    Models are imported where they are used, so that an installation without the catalogue is
    told what it lacks by a check and not by a traceback.
    """

    def check(self) -> list[CheckMessage]:
        """The mirror keeps catalogue products, and one installation has one product model."""
        if apps.is_installed("shop_integration.catalogue") and (
            settings.product_model.lower() == PRODUCT_MODEL.lower()
        ):
            return []
        return [
            Error(
                f'The shop "{self.shop}" mirrors its products, but PRODIMAGES_PRODUCT_MODEL is '
                f'"{settings.product_model}".',
                hint='Add "shop_integration.catalogue" to INSTALLED_APPS and set '
                f'PRODIMAGES_PRODUCT_MODEL = "{PRODUCT_MODEL}", in an installation of its own '
                "where your site has products already.",
                id="prodimages.E040",
            )
        ]

    def describe(self, product: Any) -> ProductInfo:
        row = product.mirrored
        return ProductInfo(
            key=row.external_id,
            name=product.name,
            description=product.description,
            category=product.category,
            tags=tuple(str(tag) for tag in product.tags),
            product_type=product.product_type,
            sku=row.sku,
            color=product.color,
            width_cm=None if product.width_cm is None else float(product.width_cm),
        )

    def photos(self, product: Any) -> list[Photo]:
        return self.photos_for([product])[product.pk]

    def photos_for(self, products: Iterable[Any]) -> dict[Any, list[Photo]]:
        products = list(products)
        prefetch_related_objects(products, "mirrored")
        ours = self._published(product.pk for product in products)
        return {
            product.pk: [
                Photo(ref=photo["ref"], open=functools.partial(self.open_photo, photo["url"]))
                for photo in self._row_photos(product)
                if photo["ref"] not in ours[product.pk]
            ]
            for product in products
        }

    def _row_photos(self, product: Any) -> list[dict[str, str]]:
        row = getattr(product, "mirrored", None)
        return row.photos if row is not None and row.shop == self.shop else []

    def _published(self, keys: Iterable[Any]) -> dict[Any, set[str]]:
        """The platform's references of the pictures that we put there, by product."""
        from prodimages.models import GeneratedImage

        found: dict[Any, set[str]] = defaultdict(set)
        pictures = GeneratedImage.objects.filter(
            shop=self.shop, product__in=list(keys), state=ImageState.PUBLISHED
        )
        for key, reference in pictures.values_list("product_id", "published_ref"):
            found[key].add(reference)
        return found

    def open_photo(self, url: str) -> BinaryIO:
        """Downloads one photo, in a worker. Raises OSError when it can't be had."""
        from prodimages.shops.download import download

        return io.BytesIO(download(url))

    def external_id(self, product: Any) -> str:
        """The product's identity in the shop, for the platform's calls."""
        return str(product.mirrored.external_id)

    def products(self) -> QuerySet[Any]:
        from shop_integration.catalogue.models import Product

        return Product.objects.filter(mirrored__shop=self.shop).select_related("mirrored")

    def find(self, text: str) -> Any | None:
        """The product by its id in the shop, or by its SKU there where only one has it."""
        from shop_integration.catalogue.models import MirroredProduct

        rows = MirroredProduct.objects.filter(shop=self.shop, product__isnull=False)
        rows = rows.select_related("product")
        if row := rows.filter(external_id=text).first():
            return row.product
        by_sku = list(rows.filter(sku=text)[:2]) if text else []
        return by_sku[0].product if len(by_sku) == 1 else None

    def product_url(self, product: Any) -> str:
        return str(product.mirrored.url)

    def take(
        self,
        product: OutsideProduct,
        *,
        as_of: datetime,
        asked_at: datetime | None = None,
        by_event: bool = True,
    ) -> Taken | None:
        from shop_integration.catalogue import mirroring

        return mirroring.take(self.shop, product, as_of=as_of, asked_at=asked_at, by_event=by_event)

    def settle(self, *products: Any) -> None:
        from shop_integration.catalogue import mirroring

        mirroring.settle(products)

    def drop(self, external_id: str, *, as_of: datetime | None) -> bool:
        from shop_integration.catalogue import mirroring

        return mirroring.drop(self.shop, external_id, as_of=as_of)

    def erase(self) -> int:
        from shop_integration.catalogue import mirroring

        return mirroring.erase(self.shop)
