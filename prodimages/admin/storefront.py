"""What shoppers may choose, and what they are shown: seen how often, missing what."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prodimages.admin.access import may, within_reach
from prodimages.admin.filters import ShopFilter, StyleFilter
from prodimages.admin.paginator import CappedPaginator
from prodimages.admin.style_cards import shipped_name
from prodimages.admin.styles import DeclaredChoices
from prodimages.choices import VariantState
from prodimages.conf import settings
from prodimages.models import StorefrontScene, StorefrontVariant
from prodimages.services.storefront import counts, orders

DAYS = 30
"""Of which the list shows the counts."""
MOST_AT_ONCE = 200
_BADGES = {
    VariantState.WAITING: "queued",
    VariantState.READY: "succeeded",
    VariantState.FAILED: "failed",
}


@admin.register(StorefrontScene)
class StorefrontSceneAdmin(DeclaredChoices):
    list_display = ("name", "slug", "shown_style", "conditions", "position", "is_active")
    list_filter = ("is_active", ShopFilter)
    list_select_related = ("style",)
    search_fields = ("name", "slug")
    fieldsets = (
        (None, {"fields": (("name", "slug"), "style", ("is_active", "position"), "shop")}),
        (
            gettext_lazy("Only for shoppers of"),
            {"fields": (("segment", "locale"), ("season", "arm"))},
        ),
    )

    @admin.display(description=gettext_lazy("style"))
    def shown_style(self, scene: StorefrontScene) -> str:
        return shipped_name(scene.style)

    @admin.display(description=gettext_lazy("only for"))
    def conditions(self, scene: StorefrontScene) -> str:
        set_ = (scene.segment, scene.locale, scene.season, scene.arm)
        return " · ".join(filter(None, set_)) or "–"


class OutdatedFilter(admin.SimpleListFilter):
    title = gettext_lazy("up to date")
    parameter_name = "outdated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Yes")), ("yes", _("No: photo or style changed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(stale_since__isnull=self.value() == "no")


class VariantList(ChangeList):
    """Knows, of the variants on the page, how often they were seen and chosen."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        products: dict[str, set[Any]] = defaultdict(set)
        for row in self.result_list:
            products[row.shop].add(row.product_id)
        sums = {shop: counts.sums(shop, keys, days=DAYS) for shop, keys in products.items()}
        for row in self.result_list:
            row.counts = sums[row.shop].get((row.product_id, row.key), (0, 0))


@admin.register(StorefrontVariant)
class StorefrontVariantAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("product", "variant", "how", "picture", "seen", "chosen", "asked_at", "missing")
    list_display_links = None
    list_filter = ("state", OutdatedFilter, ShopFilter, ("style", StyleFilter))
    list_select_related = ("product", "style", "image__job")
    search_fields = ("=key", "=image__job__product_key", "job__product_label")
    search_help_text = gettext_lazy("The variant or the product's key exactly, or its name")
    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 100
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("refresh",)

    class Media:
        css = {"all": ("prodimages/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[StorefrontVariant]:
        rows = super().get_queryset(request).defer("image__job__plan")
        return within_reach(rows, request, self.admin_site)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return VariantList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only along with the product, for whom the host lets delete that."""
        if obj is None:
            return False
        try:
            host = self.admin_site.get_model_admin(apps.get_model(settings.product_model))
        except NotRegistered:
            return False
        return bool(host.has_delete_permission(request, obj.product))

    def has_refresh_permission(self, request: HttpRequest) -> bool:
        return may(request, "refresh_storefrontvariant")

    @admin.action(description=gettext_lazy("Make selected pictures anew"), permissions=["refresh"])
    def refresh(self, request: HttpRequest, queryset: QuerySet[StorefrontVariant]) -> None:
        rows = list(queryset.select_related("product", "style")[:MOST_AT_ONCE])
        count = orders.refresh(rows)
        text = ngettext(
            "%(count)d picture is being made anew.",
            "%(count)d pictures are being made anew.",
            count,
        )
        messages.success(request, text % {"count": count})
        if count < len(rows):
            messages.warning(request, _("The others can't be made now; the list says why."))

    @admin.display(description=gettext_lazy("variant"))
    def variant(self, row: StorefrontVariant) -> SafeString:
        style = shipped_name(row.style) if row.style else _("best picture")
        return format_html('{}<br><span class="pi-quiet">{}</span>', row.key or "–", style)

    @admin.display(description=gettext_lazy("state"))
    def how(self, row: StorefrontVariant) -> SafeString:
        badge = format_html(
            '<span class="pi-badge pi-{}">{}</span>',
            _BADGES[VariantState(row.state)],
            row.get_state_display(),
        )
        if row.stale_since is None:
            return badge
        return format_html('{}<br><span class="pi-quiet">{}</span>', badge, _("outdated"))

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, row: StorefrontVariant) -> SafeString:
        if row.image is None:
            return mark_safe("–")
        address = reverse("admin:prodimages_generatedimage_change", args=[row.image_id])
        return format_html('<a href="{}">{}</a>', address, row.image)

    @admin.display(description=gettext_lazy("seen in 30 days"))
    def seen(self, row: Any) -> int:
        return int(row.counts[0])

    @admin.display(description=gettext_lazy("chosen"))
    def chosen(self, row: Any) -> str:
        seen, chosen = row.counts
        return f"{chosen} ({chosen / seen:.0%})" if seen and chosen else str(chosen)

    @admin.display(description=gettext_lazy("what is missing"))
    def missing(self, row: StorefrontVariant) -> str:
        return row.error
