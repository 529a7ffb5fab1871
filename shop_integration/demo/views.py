"""The storefront that the demo shows its pictures in."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.views.generic import DetailView, ListView

from shop_integration.catalogue.models import Product, ProductMedia


def with_gallery(products: QuerySet[Product]) -> QuerySet[Product]:
    """``products`` with ``gallery``: published pictures first, then the shop's photos."""
    generated_first = ProductMedia.objects.order_by("kind", "position", "pk")
    return products.prefetch_related(Prefetch("media", queryset=generated_first, to_attr="gallery"))


class ProductList(ListView):
    template_name = "storefront/product_list.html"
    context_object_name = "products"
    paginate_by = 24

    def get_queryset(self) -> QuerySet[Product]:
        return with_gallery(Product.objects.all())


class ProductDetail(DetailView):
    template_name = "storefront/product_detail.html"
    context_object_name = "product"

    def get_queryset(self) -> QuerySet[Product]:
        return with_gallery(Product.objects.all())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds ``shown``: the picture that ``?picture=<pk>`` names, else the first."""
        gallery = self.object.gallery
        wanted = self.request.GET.get("picture", "")
        chosen = next((media for media in gallery if str(media.pk) == wanted), None)
        shown = chosen or next(iter(gallery), None)
        return super().get_context_data(shown=shown, **kwargs)
