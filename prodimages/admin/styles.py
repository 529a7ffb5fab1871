"""Styles, the rules that choose them, and what staff say about single products."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import widgets
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, JSONField, TextField
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from prodimages.admin import rule_matches
from prodimages.admin.access import host_products, within_reach
from prodimages.admin.filters import ShopFilter
from prodimages.admin.pages import guarded
from prodimages.admin.rule_form import StyleRuleForm, StylesField
from prodimages.admin.style_cards import shipped_name
from prodimages.admin.view_form import (
    SAID,
    ProductSettingsForm,
    may_remember_for_categories,
    used_by_category,
)
from prodimages.choices import Reason
from prodimages.conf import settings
from prodimages.models import CategoryView, ProductSettings, Style, StyleRule
from prodimages.services.reasons import rejections
from prodimages.services.views import remember_for_category


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

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.related_model is Style:
            kwargs["form_class"] = StylesField
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class StyleList(ChangeList):
    """Knows, of the styles on the page, how often their pictures were rejected and why."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = rejections(style.pk for style in self.result_list)
        for style in self.result_list:
            style.rejections = counts.get(style.pk, {})


@admin.register(Style)
class StyleAdmin(DeclaredChoices):
    list_display = (
        "shown_name",
        "slug",
        "task",
        "engine",
        "size",
        "requires_review",
        "is_active",
        "position",
        "rejected",
    )
    list_filter = ("is_active", "task", ShopFilter)
    search_fields = ("name", "slug", "description", "prompt")
    prepopulated_fields = {"slug": ("name",)}
    save_as = True
    readonly_fields = ("rejected",)
    fieldsets = (
        (None, {"fields": (("name", "slug"), "description", ("is_active", "position"), "shop")}),
        (
            _("How it is made"),
            {"fields": (("task", "engine"), "prompt", "negative_prompt", "parameters")},
        ),
        (_("Picture"), {"fields": (("size", "aspect"), ("format", "quality"), "requires_review")}),
        (_("Review"), {"fields": ("rejected",)}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StyleList

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, style: Style) -> str:
        return shipped_name(style)

    @admin.display(description=_("rejected pictures"), empty_value="–")
    def rejected(self, style: Style) -> str | None:
        """Such as “7: edge of the cut-out 4, wrong style 3”; None when none was."""
        counts = getattr(style, "rejections", None)
        if counts is None:
            counts = rejections([style.pk]).get(style.pk, {}) if style.pk else {}
        labels = dict(Reason.choices)
        parts = [f"{labels.get(code, _('no reason'))} {number}" for code, number in counts.items()]
        return f"{sum(counts.values())}: {', '.join(parts)}" if parts else None


@admin.register(StyleRule)
class StyleRuleAdmin(DeclaredChoices):
    form = StyleRuleForm
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
    change_form_template = "prodimages/admin/rule_form.html"
    change_list_template = "prodimages/admin/rule_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("styles")

    def get_urls(self) -> list[Any]:
        show = guarded(self.admin_site, functools.partial(rule_matches.saved_rules, self))
        own = [path("matches/", show, name="prodimages_stylerule_matches")]
        return own + super().get_urls()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        asked = request.method == "POST" and "_matches" in request.POST
        if asked and (shown := self._dry_run(request, object_id)):
            return shown
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _dry_run(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """What the rule in the form would do; None where the form has errors to show."""
        rule = self.get_object(request, object_id) if object_id else None
        may = (
            self.has_change_permission(request, rule) if rule else self.has_add_permission(request)
        )
        if not may:
            raise PermissionDenied
        form = self.get_form(request, rule, change=rule is not None)(request.POST, instance=rule)
        if not form.is_valid():
            return None
        draft = form.save(commit=False)
        return rule_matches.draft_rule(self, request, draft, form.cleaned_data["styles"])

    @admin.display(description=_("styles"))
    def chosen(self, rule: StyleRule) -> str:
        return ", ".join(shipped_name(style) for style in rule.styles.all())


@admin.register(ProductSettings)
class ProductSettingsAdmin(DeclaredChoices):
    list_display = ("product", "support", "elevation", "surface", "width_cm")
    list_select_related = ("product",)
    raw_id_fields = ("product",)
    filter_horizontal = ("styles",)
    readonly_fields = ("placement",)  # set on the product's placement page, which checks it

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:  # whose category nobody knows yet
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, form=ProductSettingsForm, **kwargs)
        return type("FormOfRequest", (form,), {"request": request})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if (path := form.cleaned_data.get("reach")) and may_remember_for_categories(request):
            said = {name: getattr(obj, name) for name in SAID}
            remember_for_category(path, shop=obj.shop, **said)
            self.message_user(request, used_by_category(path))

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


@admin.register(CategoryView)
class CategoryViewAdmin(DeclaredChoices):
    """What staff remembered for whole categories, to be looked at, changed and forgotten."""

    list_display = ("category", "support", "elevation", "width_cm", "shop", "updated_at")
    list_filter = (ShopFilter,)
    search_fields = ("category",)
    fieldsets = ((None, {"fields": ("shop", "category", "support", "elevation", "width_cm")}),)
