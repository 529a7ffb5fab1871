"""The days of a budget: opening one, taking from it, and giving back what was not spent.

Rows are locked in one order everywhere, a budget's older day before its newer one and budgets
by their key, so that two transactions never wait for each other.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from prodimages.conf import settings
from prodimages.models import Budget, BudgetDay


@dataclasses.dataclass(frozen=True)
class Cost:
    pictures: int = 0
    ms: int = 0
    """Compute time in milliseconds."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.pictures + other.pictures, self.ms + other.ms)


def shop_zone(shop: str) -> ZoneInfo:
    """``SHOPS[shop]["TIME_ZONE"]``, or the site's."""
    name = settings.SHOPS.get(shop, {}).get("TIME_ZONE") or django_settings.TIME_ZONE
    return ZoneInfo(str(name))


def today(shop: str, now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(shop_zone(shop)).date()


def resets_at(shop: str, now: datetime | None = None) -> datetime:
    """The shop's next midnight."""
    following = today(shop, now) + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=shop_zone(shop))


def open_day(budget: Budget, day: date) -> BudgetDay:
    """The row of ``day``, made if need be; within a transaction.

    A new day begins with what the one before had spent over its cap unforeseen.
    """
    if found := BudgetDay.objects.filter(budget=budget, day=day).first():
        return found
    before = BudgetDay.objects.filter(budget=budget, day__lt=day).order_by("-day")
    # Locked, so that a job of that day which ends now is counted there or here, never in neither.
    last = before.select_for_update().first()
    carried = _carried(last, budget)
    row, _created = BudgetDay.objects.get_or_create(
        budget=budget, day=day, defaults={"ms_used": carried, "ms_overrun": carried}
    )
    return row


def _carried(last: BudgetDay | None, budget: Budget) -> int:
    if last is None or budget.seconds is None:
        return 0
    return max(0, min(last.ms_overrun, last.ms_used - budget.seconds * 1000))


def take(day: BudgetDay, budget: Budget, cost: Cost) -> bool:
    """Reserve ``cost`` if it fits under the caps, in one conditional UPDATE."""
    room = BudgetDay.objects.filter(pk=day.pk)
    if budget.pictures is not None:
        left = Value(budget.pictures - cost.pictures) - F("pictures_reserved")
        room = room.filter(pictures_used__lte=left)
    if budget.seconds is not None:
        room = room.filter(ms_used__lte=Value(budget.seconds * 1000 - cost.ms) - F("ms_reserved"))
    changed = room.update(
        pictures_reserved=F("pictures_reserved") + cost.pictures,
        ms_reserved=F("ms_reserved") + cost.ms,
    )
    return bool(changed)


def give(day: BudgetDay, *, reserved: Cost, spent: Cost) -> None:
    """Put ``spent`` in the place of ``reserved``; within a transaction.

    What compute time goes over the reservation is charged to the budget's newest day.
    """
    over = max(0, spent.ms - reserved.ms)
    BudgetDay.objects.filter(pk=day.pk).update(
        pictures_reserved=F("pictures_reserved") - reserved.pictures,
        ms_reserved=F("ms_reserved") - reserved.ms,
        pictures_used=F("pictures_used") + spent.pictures,
        ms_used=F("ms_used") + spent.ms - over,
    )
    if over:
        newest = BudgetDay.objects.filter(budget=day.budget_id).order_by("-day").values("pk")[:1]
        BudgetDay.objects.filter(pk=newest.get()["pk"]).update(
            ms_used=F("ms_used") + over, ms_overrun=F("ms_overrun") + over
        )


def correct_reserved(day: BudgetDay) -> bool:
    """Set what is reserved to the sum of the open holds; True when it was another.

    Within a transaction, with the day locked: whoever takes or gives waits meanwhile.
    """
    day = BudgetDay.objects.select_for_update().get(pk=day.pk)
    held = day.holds.filter(settled_at=None).aggregate(
        pictures=Coalesce(Sum("pictures"), 0), ms=Coalesce(Sum("ms"), 0)
    )
    if (day.pictures_reserved, day.ms_reserved) == (held["pictures"], held["ms"]):
        return False
    BudgetDay.objects.filter(pk=day.pk).update(
        pictures_reserved=held["pictures"], ms_reserved=held["ms"]
    )
    return True
