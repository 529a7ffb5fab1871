"""The reference catalogue's admin, with pictures to order on every product."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import CharField, JSONField, OuterRef, QuerySet, Subquery, TextField
from django.forms import TextInput
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prodimages.admin import GenerateImagesMixin
from prodimages.admin.filters import ShopFilter
from prodimages.admin.selection import Selection
from shop_integration.catalogue.models import Product, ProductMedia


class ProductMediaInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ProductMedia
    extra = 0
    fields = ("preview", "file", "alt", "kind", "position")
    readonly_fields = ("preview",)
    formfield_overrides = {CharField: {"widget": TextInput(attrs={"size": 22})}}

    @admin.display(description=_("preview"))
    def preview(self, media: ProductMedia) -> str:
        return _image(media.file)


class ShopOfProduct(ShopFilter):
    """Which outside shop a product is mirrored from; those made here are of the others."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        if self.value() == GenerateImagesMixin.generate_images_shop:
            return queryset.filter(mirrored=None)
        return queryset.filter(mirrored__shop=self.value())


@admin.register(Product)
class ProductAdmin(GenerateImagesMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("photo", "name", "sku", "category")
    list_display_links = ("photo", "name")
    list_filter = (ShopOfProduct, "product_type")
    search_fields = ("name", "sku", "category")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (ProductMediaInline,)
    formfield_overrides = {
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        JSONField: {"widget": AdminTextareaWidget(attrs={"rows": 2})},
    }
    fieldsets = (
        (None, {"fields": (("name", "slug"), "sku", "description")}),
        (_("Sorting"), {"fields": (("category", "product_type"), "tags")}),
        (_("Looks"), {"fields": (("color", "width_cm"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        first = ProductMedia.objects.photos().filter(product=OuterRef("pk"))
        products: QuerySet[Product] = super().get_queryset(request)
        return products.annotate(photo_name=Subquery(first.values("file")[:1]))

    def get_generate_images_shop(self, request: HttpRequest) -> str:
        """The outside shop of the first product that is asked about, or our own.

        Products of other shops in the same selection are left out with a word.
        """
        products = self._asked(request).products(self, request)
        first = products.select_related("mirrored").order_by("pk").first()
        row = getattr(first, "mirrored", None)
        return str(row.shop) if row is not None else super().get_generate_images_shop(request)

    @staticmethod
    def _asked(request: HttpRequest) -> Selection:
        match = request.resolver_match
        if match is not None and "object_id" in match.kwargs:
            return Selection(keys=(match.kwargs["object_id"],))
        if "selection" not in request.POST:
            return Selection.of_action(request)
        try:
            return Selection.parse(request.POST["selection"])
        except ValueError:
            return Selection()

    @admin.display(description=_("photo"))
    def photo(self, product: Any) -> str:
        if not product.photo_name:
            return "–"
        storage = ProductMedia._meta.get_field("file").storage
        return _image_at(storage.url(product.photo_name))


def _image(file: Any) -> str:
    return _image_at(file.url) if file else ""


def _image_at(url: str) -> str:
    return format_html('<img src="{}" alt="" loading="lazy" height="56">', url)
