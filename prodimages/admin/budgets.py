"""Budgets, and what is spent of them today."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin.filters import ShopFilter
from prodimages.admin.styles import DeclaredChoices
from prodimages.models import Budget, BudgetDay
from prodimages.services.budget_days import today


@admin.register(Budget)
class BudgetAdmin(DeclaredChoices):
    list_display = ("__str__", "pictures", "seconds", "pictures_today", "seconds_today")
    list_filter = (ShopFilter,)
    list_select_related = ("key",)
    fields = ("shop", "key", "pictures", "seconds", "pictures_today", "seconds_today")
    readonly_fields = ("pictures_today", "seconds_today")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        # Two days back at most, wherever the shop is.
        since = timezone.now().date() - datetime.timedelta(days=2)
        recent = Prefetch("days", BudgetDay.objects.filter(day__gte=since), to_attr="recent")
        return super().get_queryset(request).prefetch_related(recent)

    @admin.display(description=gettext_lazy("pictures today"))
    def pictures_today(self, budget: Budget) -> str:
        day = _today(budget)
        return _told(day.pictures_used, day.pictures_reserved) if day else "0"

    @admin.display(description=gettext_lazy("compute-seconds today"))
    def seconds_today(self, budget: Budget) -> str:
        day = _today(budget)
        return _told(day.ms_used // 1000, day.ms_reserved // 1000) if day else "0"


def _today(budget: Any) -> BudgetDay | None:
    wanted = today(budget.shop)
    return next((day for day in getattr(budget, "recent", []) if day.day == wanted), None)


def _told(used: int, reserved: int) -> str:
    if not reserved:
        return str(used)
    return _("%(used)d, and %(reserved)d ordered") % {"used": used, "reserved": reserved}
