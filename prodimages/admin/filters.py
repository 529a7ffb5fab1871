"""Filters of the lists; none of them reads a big table to offer its choices."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from prodimages.conf import settings


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
