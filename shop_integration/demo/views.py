"""The storefront that the demo shows its pictures in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shop_integration.catalogue.models import Product, ProductMedia

PAGE_SIZE = 24


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(_with_gallery(Product.objects.all()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "storefront/product_list.html", {"page": page})


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows the picture that ``?picture=<pk>`` names, else the first."""
    product = get_object_or_404(_with_gallery(Product.objects.all()), slug=slug)
    gallery: list[ProductMedia] = product.gallery  # type: ignore[attr-defined]  # prefetched
    wanted = request.GET.get("picture", "")
    chosen = next((media for media in gallery if str(media.pk) == wanted), None)
    shown = chosen or next(iter(gallery), None)
    return render(request, "storefront/product_detail.html", {"product": product, "shown": shown})


def _with_gallery(products: QuerySet[Product]) -> QuerySet[Product]:
    """``products`` with ``gallery``: published pictures first, then the shop's photos."""
    generated_first = ProductMedia.objects.order_by("kind", "position", "pk")
    return products.prefetch_related(Prefetch("media", queryset=generated_first, to_attr="gallery"))
