"""The placement that staff remember for a product."""

from __future__ import annotations

from django.db.models import Model

from prodimages.models import ProductSettings
from prodimages.pipeline.overrides import Overrides


def remember_placement(product: Model, overrides: Overrides, *, shop: str) -> None:
    """Let every later job of ``product`` that says nothing else use ``overrides``.

    An empty one forgets what was remembered.
    """
    ProductSettings.objects.update_or_create(
        product_id=product.pk,
        defaults={"placement": overrides.given()},
        create_defaults={"placement": overrides.given(), "shop": shop},
    )


def remembered_placement(product: Model) -> Overrides:
    own = ProductSettings.objects.filter(product_id=product.pk).only("placement").first()
    return Overrides.parse(own.placement) if own and own.placement else Overrides()
