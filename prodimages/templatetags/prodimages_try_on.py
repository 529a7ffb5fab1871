"""``{% try_on product %}``: the button and the dialog of a try-on; nothing for other products."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from prodimages.conf import settings
from prodimages.pipeline.garments import problem_of
from prodimages.shops.registry import shop_backend
from prodimages.storefront.views.try_on_page import consent_values, landmark_fields

register = template.Library()


@register.inclusion_tag("prodimages/storefront/try_on_button.html", takes_context=True)
def try_on(context: Any, product: Any, shop: str = "local") -> dict[str, Any]:
    """Needs the room of the storefront among the host's URLs."""
    if settings.TRY_ON_ENGINE not in settings.ENGINES:
        return {"is_offered": False}
    info = shop_backend(shop).describe(product)
    if problem_of(info.category, info.product_type, info.name):
        return {"is_offered": False}
    names = {"product": str(product.pk)}
    return {
        "is_offered": True,
        "product": product,
        "url": reverse("prodimages_storefront:try-ons"),
        "page_url": reverse("prodimages_storefront:try-on-new", kwargs=names),
        "points": landmark_fields({}),
        **consent_values(),
    }
