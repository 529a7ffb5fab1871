"""Filters of the lists; none of them reads a big table to offer its choices."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from prodimages.admin.style_cards import shipped_name
from prodimages.choices import Reason
from prodimages.conf import settings
from prodimages.models import Style


class ShopFilter(admin.SimpleListFilter):
    title = _("shop")
    parameter_name = "shop"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        shops = sorted(settings.SHOPS)
        return [(shop, shop) for shop in shops] if len(shops) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(shop=self.value()) if self.value() else queryset


class SubmissionFilter(admin.SimpleListFilter):
    """Appears only when the list was opened for the jobs of one order."""

    title = _("order")
    parameter_name = "submission"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        asked = request.GET.get(self.parameter_name, "")
        return [(asked, _("Jobs of one order"))] if asked.isdecimal() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value() or ""
        return queryset.filter(submission_id=int(asked)) if asked.isdecimal() else queryset


class StyleFilter(admin.RelatedFieldListFilter):
    """The styles by the names that the rest of the admin shows."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        return [(str(style.pk), shipped_name(style)) for style in Style.objects.all()]


class ChecksFilter(admin.SimpleListFilter):
    title = _("checks")
    parameter_name = "checks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("clean", _("passed without remarks")),
            ("remarks", _("passed with remarks")),
            ("failed", _("product changed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "clean":
                return queryset.filter(passed=True, fidelity__checks=[])
            case "remarks":
                return queryset.filter(passed=True).exclude(fidelity__checks=[])
            case "failed":
                return queryset.filter(passed=False)
        return queryset


class ReasonFilter(admin.SimpleListFilter):
    title = _("what the checks found")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Reason.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        return queryset.filter(reasons__contains=f",{asked},") if asked else queryset


class WorstFirst(admin.SimpleListFilter):
    """Not a filter but an order; ``ordering`` is what the list's own admin asks for."""

    title = _("order")
    parameter_name = "order"
    orders = {"worst": ("-severity", "-pk"), "best": ("severity", "pk")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("worst", _("most to look at first")), ("best", _("least to look at first"))]

    def choices(self, changelist: Any) -> Any:
        newest, *others = super().choices(changelist)
        yield {**newest, "display": _("newest first")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset

    @classmethod
    def ordering(cls, request: HttpRequest) -> tuple[str, ...] | None:
        return cls.orders.get(request.GET.get(cls.parameter_name, ""))
