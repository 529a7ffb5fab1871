"""Products, styles and jobs in bulk."""

from __future__ import annotations

import itertools

from django.db.models import Model

from prodimages.choices import Source
from prodimages.models import Style
from prodimages.services.submission import Order, Receipt, submit
from shop_integration.catalogue.models import Product, ProductMedia

_numbers = itertools.count(1)
_COLORS = ("red", "cream", "sea green", "navy")
_KINDS = ("mugs", "vases", "bottles", "bags")


def make_products(count: int) -> list[Product]:
    """Products with a photo each, which is a row without a file: nobody opens it here."""
    first = next(_numbers) * 1_000_000
    products = Product.objects.bulk_create(
        [_product(first + number) for number in range(count)], batch_size=1000
    )
    ProductMedia.objects.bulk_create(
        [_photo(product) for product in products],
        batch_size=1000,
    )
    return products


def _product(number: int) -> Product:
    kind, color = _KINDS[number % len(_KINDS)], _COLORS[number % len(_COLORS)]
    return Product(
        sku=f"SKU-{number}",
        slug=f"product-{number}",
        name=f"{color.capitalize()} {kind[:-1]} {number}",
        description="Stoneware, thrown by hand and dipped twice; holds 330 ml.",
        category=f"kitchen/{kind}",
        tags=["ceramic", "gift"],
        color=color,
        width_cm=12,
    )


def _photo(product: Product) -> ProductMedia:
    # Without its size, Django would open the file to find it out.
    name = f"{product.slug}.jpg"
    return ProductMedia(product=product, file=name, kind="photo", width=1200, height=1200)


def order(products: list[Model], style: Style) -> Receipt:
    """What staff do in the admin: tick products, choose a style, add some words."""
    return submit(
        Order(
            products=products,
            style=style,
            prompt="warm morning light from the left",
            source=Source.ADMIN,
            client="benchmark",
        )
    )
