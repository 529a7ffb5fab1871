from __future__ import annotations

import json
from typing import Any

from django.urls import reverse

from prodimages.testing import run_jobs
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_job

PRODUCTS = "admin:prodimages_catalogue_product_changelist"
FORM = "admin:prodimages_catalogue_product_generate_images"


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


def finished_job(**values: Any):
    job = make_job(**values)
    run_jobs()
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return job


def published(product) -> int:
    return ProductMedia.objects.generated().filter(product=product).count()
