"""Small rows and pictures for tests."""

from __future__ import annotations

import io
import itertools
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from prodimages.choices import Source, SourceType, Task
from prodimages.models import GenerationJob, Style
from prodimages.services.submission import Order, submit
from shop_integration.catalogue.models import Product, ProductMedia

_numbers = itertools.count(1)


def photo_bytes(
    size: tuple[int, int] = (320, 240), *, format: str = "PNG", shade: int = 40
) -> bytes:
    """A dark ellipse, lit from the left, on a light ground."""
    image = Image.new("RGB", size, (228, 226, 222))
    box = (size[0] * 0.3, size[1] * 0.25, size[0] * 0.7, size[1] * 0.8)
    ImageDraw.Draw(image).ellipse(box, fill=(shade, shade + 20, shade + 10))
    pixels = np.asarray(image).astype(np.int16)
    ramp = np.linspace(12, -12, size[0]).astype(np.int16)[None, :, None]
    image = Image.fromarray(np.clip(pixels + ramp, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, format=format)
    return out.getvalue()


def make_product(*, photo: bytes | None = b"", **values: Any) -> Product:
    """A product with one photo; ``photo=None`` for none."""
    number = next(_numbers)
    defaults = {
        "sku": f"SKU-{number}",
        "slug": f"mug-{number}",
        "name": f"Mug {number}",
        "category": "kitchen/mugs",
    }
    product = Product.objects.create(**(defaults | values))
    if photo is not None:
        content = ContentFile(photo or photo_bytes(), name=f"photo-{number}.png")
        ProductMedia.objects.create(product=product, file=content, kind="photo")
    return product


def make_style(**values: Any) -> Style:
    number = next(_numbers)
    defaults = {
        "slug": f"style-{number}",
        "name": f"Style {number}",
        "task": Task.BACKGROUND,
        "engine": "flat",
        "prompt": "{name} on a table",
        "size": 256,
    }
    return Style.objects.create(**(defaults | values))


def make_job(
    product: Product | None = None, style: Style | None = None, **order: Any
) -> GenerationJob:
    """One queued job, through the front door."""
    defaults: dict[str, Any] = {"source": Source.COMMAND, "client": "tests"}
    receipt = submit(
        Order(
            products=[product or make_product()],
            style=style or make_style(),
            **(defaults | order),
        )
    )
    return receipt.submission.jobs.get()


def picture_details(**values: Any) -> dict[str, Any]:
    """What the pipeline knows of a picture when it hands it over to be kept."""
    defaults = {
        "width": 256,
        "height": 256,
        "mime": "image/jpeg",
        "digest": "0" * 64,
        "source_type": SourceType.COMPOSITE_SYNTHETIC,
        "seed": 1,
    }
    return defaults | values
