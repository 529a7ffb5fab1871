from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from prodimages.choices import JobState
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.services import photos
from prodimages.storage import private_storage
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_job, picture_details

PRODUCTS = "admin:prodimages_catalogue_product_changelist"
FORM = "admin:prodimages_catalogue_product_generate_images"
FIDELITY = {
    "passed": True,
    "difference_max": 0.0004,
    "difference_mean": 0.0001,
    "delta_e_mean": 0.4,
    "delta_e_p95": 1.1,
    "structure": 0.99,
    "scale": 0.8,
    "checks": [],
}


def tick(client, products, **extra: Any):
    """Run the list's action for ``products``."""
    data = {
        "action": "generate_images",
        "_selected_action": [str(product.pk) for product in products],
    }
    return client.post(reverse(PRODUCTS), data | extra)


def order(products, style, *, key: str = "k1", **values: Any) -> dict[str, Any]:
    """What the form posts."""
    selection = json.dumps({"keys": [str(product.pk) for product in products]})
    data = {"selection": selection, "key": key, "count": "1", "style": str(style.pk)}
    return data | values


def finished_job(**values: Any) -> GenerationJob:
    """A job with its pictures to review, as a worker would leave them, without the work."""
    job = make_job(**values)
    assert job.product is not None
    with job.product.media.photos()[0].file.open() as file:
        photo = photos.keep(job.shop, file.read(), product_id=job.product_id)
    if not photo.cutouts.exists():
        mask = encoded(Image.linear_gradient("L").resize((photo.width, photo.height)), "PNG")
        photos.save_cutout(photo, "dark@1", mask, details={})
    picture = encoded(Image.new("RGB", (64, 64), "teal"), "JPEG")
    for index in range(job.count):
        details = picture_details(width=64, height=64, fidelity=FIDELITY)
        GeneratedImage.objects.create(
            job=job,
            index=index,
            product=job.product,
            file=private_storage().save(f"{job.pk}-{index}.jpg", ContentFile(picture)),
            thumbnail=private_storage().save(f"{job.pk}-{index}-t.jpg", ContentFile(picture)),
            **details,
        )
    GenerationJob.objects.filter(pk=job.pk).update(
        state=JobState.SUCCEEDED, photo=photo, made_count=job.count, progress=1, seconds=1.5
    )
    job.refresh_from_db()
    return job


def encoded(image: Image.Image, format: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


def published(product) -> int:
    return ProductMedia.objects.generated().filter(product=product).count()
