"""Styles, the rules that choose them, and what staff say about single products."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import widgets
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import Field, ForeignKey, JSONField, TextField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from prodimages.admin.access import host_products, within_reach
from prodimages.admin.filters import ShopFilter
from prodimages.conf import settings
from prodimages.models import ProductSettings, Style, StyleRule


class DeclaredChoices(admin.ModelAdmin):  # type: ignore[type-arg]
    """Offers the shops and engines that the settings declare, instead of free text."""

    formfield_overrides = {
        TextField: {"widget": widgets.AdminTextareaWidget(attrs={"rows": 3})},
        JSONField: {"widget": widgets.AdminTextareaWidget(attrs={"rows": 4})},
    }

    def formfield_for_dbfield(self, db_field: Field, request: Any, **kwargs: Any) -> Any:  # type: ignore[type-arg]
        declared = {"shop": settings.SHOPS, "engine": settings.ENGINES}.get(db_field.name)
        if not declared:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        default = db_field.get_default()
        return forms.ChoiceField(
            label=capfirst(db_field.verbose_name),
            choices=[(name, name) for name in sorted(declared)],
            initial=default if default in declared else next(iter(declared)),
            help_text=db_field.help_text,
        )


@admin.register(Style)
class StyleAdmin(DeclaredChoices):
    list_display = (
        "name",
        "slug",
        "task",
        "engine",
        "size",
        "requires_review",
        "is_active",
        "position",
    )
    list_filter = ("is_active", "task", ShopFilter)
    search_fields = ("name", "slug", "description", "prompt")
    prepopulated_fields = {"slug": ("name",)}
    save_as = True
    fieldsets = (
        (None, {"fields": (("name", "slug"), "description", ("is_active", "position"), "shop")}),
        (
            _("How it is made"),
            {"fields": (("task", "engine"), "prompt", "negative_prompt", "parameters")},
        ),
        (_("Picture"), {"fields": (("size", "aspect"), ("format", "quality"), "requires_review")}),
    )


@admin.register(StyleRule)
class StyleRuleAdmin(DeclaredChoices):
    list_display = ("name", "position", "category", "tag", "product_type", "chosen", "is_active")
    list_filter = ("is_active", ShopFilter)
    search_fields = ("name", "category", "tag", "product_type")
    filter_horizontal = ("styles",)
    fieldsets = (
        (None, {"fields": ("name", ("position", "is_active"), "shop")}),
        (
            _("Products that it is for"),
            {
                "fields": ("category", "tag", "product_type"),
                "description": _("What is left empty matches every product."),
            },
        ),
        (_("What they get"), {"fields": ("styles",)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("styles")

    @admin.display(description=_("styles"))
    def chosen(self, rule: StyleRule) -> str:
        return ", ".join(style.name for style in rule.styles.all())


@admin.register(ProductSettings)
class ProductSettingsAdmin(DeclaredChoices):
    list_display = ("product", "support", "elevation", "width_cm")
    list_select_related = ("product",)
    raw_id_fields = ("product",)
    filter_horizontal = ("styles",)
    readonly_fields = ("placement",)  # set on the product's placement page, which checks it

    def get_queryset(self, request: HttpRequest) -> Any:
        return within_reach(super().get_queryset(request), request, self.admin_site)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: Any, **kwargs: Any) -> Any:  # type: ignore[type-arg]
        if db_field.name == "product":
            products = host_products(request, self.admin_site)
            if products is not None:
                kwargs["queryset"] = products
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ours, or the host's to delete the product: its settings must not stand in the way."""
        if super().has_delete_permission(request, obj):
            return True
        if obj is None:
            return False
        try:
            host = self.admin_site.get_model_admin(apps.get_model(settings.product_model))
        except NotRegistered:
            return False
        return bool(host.has_delete_permission(request, obj.product))
