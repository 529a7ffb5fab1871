"""What an order would mean for one product, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from prodimages.exceptions import RequestRefused
from prodimages.models import ProductSettings, Style, StyleRule
from prodimages.pipeline import planner
from prodimages.pipeline.overrides import Overrides
from prodimages.pipeline.spec import Plan
from prodimages.services.styles import styles_by_rule, wish_for
from prodimages.services.views import seen_for
from prodimages.shops.registry import shop_backend


def preview(
    product: Model,
    *,
    shop: str,
    style: Style | None = None,
    prompt: str = "",
    count: int = 1,
    seed: int | None = None,
    size: int | None = None,
    overrides: Overrides | None = None,
    fitting: Mapping[str, Any] | None = None,
) -> Plan:
    """The plan that the order's first job for ``product`` would freeze.

    Its notices name the words that the engine will not honor. Raises RequestRefused
    just as submitting would.
    """
    backend = shop_backend(shop)
    info, photos = backend.describe(product), backend.photos(product)
    refs = {product.pk: photos[0].ref} if photos else {}
    own = ProductSettings.objects.filter(product_id=product.pk).first()
    if style is None:
        rules = list(StyleRule.objects.for_shop(shop))
        styles, _chosen_by = styles_by_rule(info, rules, own)
        if not styles:
            raise RequestRefused.about("style", _("No rule chooses a style for this product."))
        style = styles[0]
    return planner.make_plan(
        wish_for(
            style,
            info,
            own=own,
            prompt=prompt,
            size=size,
            count=count,
            seed=seed or 0,
            overrides=overrides,
            fitting=fitting,
            seen=seen_for([product], refs, shop=shop)[product.pk],
        )
    )
