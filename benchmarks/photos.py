"""The photo that pictures are made of, and a product that has it."""

from __future__ import annotations

import io
from functools import cache

from django.core.files.base import ContentFile
from PIL import Image

from shop_integration.catalogue.models import Product, ProductMedia

SIDE = 1600


@cache
def coffee() -> bytes:
    """A real photo, of a cup on a table, enlarged to 1600 px: a JPEG."""
    from skimage import data

    image = Image.fromarray(data.coffee())
    height = round(SIDE * image.height / image.width)
    out = io.BytesIO()
    image.resize((SIDE, height), Image.Resampling.LANCZOS).save(out, "JPEG", quality=93)
    return out.getvalue()


def photographed_product() -> Product:
    product = Product.objects.create(
        sku="CUP", slug="cup", name="Espresso cup", category="kitchen/cups", width_cm=15
    )
    content = ContentFile(coffee(), name="cup.jpg")
    ProductMedia.objects.create(product=product, file=content, kind="photo")
    return product
