"""The storefront that the demo shows its pictures in."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from prodimages.exceptions import RequestRefused
from prodimages.services.storefront import scenes
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.demo.products import PRICES

PAGE_SIZE = 24
SHOP = "local"


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for on pages that name no icon, such as the admin's."""
    return redirect(static("prodimages_demo/icon.svg"))


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(_with_gallery(Product.objects.all()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    for product in page:
        _price(product)
    return render(request, "storefront/product_list.html", {"page": page})


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The product in the scene that ``?scene=`` names, or one picture of its gallery.

    ``?picture=<pk>`` shows that, and nothing the gallery's first. ``?part=picture`` is what a
    script puts in the place of the picture when another scene is chosen.
    """
    product = get_object_or_404(_with_gallery(Product.objects.all()), slug=slug)
    scene = request.GET.get("scene", "")
    try:
        scenes.must_be_offered(SHOP, scene)
    except RequestRefused as refused:
        return render(request, "storefront/refused.html", {"why": str(refused)}, status=400)
    gallery: list[ProductMedia] = product.gallery  # type: ignore[attr-defined]  # prefetched
    wanted = request.GET.get("picture", "")
    chosen = next((media for media in gallery if str(media.pk) == wanted), None)
    context: dict[str, Any] = {
        "product": _price(product),
        "shown": chosen or next(iter(gallery), None),
        "scene": scene,
        "offers_scenes": bool(scenes.offered(SHOP) and any(m.kind == "photo" for m in gallery)),
    }
    part = request.GET.get("part") == "picture"
    name = "demo/includes/picture.html" if part else "storefront/product_detail.html"
    return render(request, name, context)


def _price(product: Any) -> Any:
    """The catalogue knows no prices; those of the demo's own products are the demo's."""
    product.price = PRICES.get(product.sku)
    return product


def _with_gallery(products: QuerySet[Product]) -> QuerySet[Product]:
    """``products`` with ``gallery``: published pictures first, then the shop's photos."""
    generated_first = ProductMedia.objects.order_by("kind", "position", "pk")
    return products.prefetch_related(Prefetch("media", queryset=generated_first, to_attr="gallery"))
