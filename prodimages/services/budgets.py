"""Budgets: an order reserves what it is expected to cost, in the transaction that writes it.

What it did cost takes the place of the reservation when its jobs end (``services.settlement``).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.choices import JobState
from prodimages.conf import settings
from prodimages.exceptions import BudgetSpent
from prodimages.models import ApiKey, Budget, BudgetDay, BudgetHold, GenerationJob
from prodimages.services.budget_days import Cost, open_day, resets_at, shop_zone, take, today

SAMPLE = 20
"""How many earlier jobs of a style tell what its next ones are expected to take."""
CHUNK = 500


def budgets_of(shop: str, key: ApiKey | None) -> list[Budget]:
    """The budgets that an order counts against, in the order in which they are locked."""
    mine = Q(shop=shop, key=None)
    if key is not None:
        mine |= Q(key=key)
    limited = Q(pictures__isnull=False) | Q(seconds__isnull=False)
    return list(Budget.objects.filter(mine).filter(limited).order_by("pk"))


def reserve(jobs: Sequence[GenerationJob], key: ApiKey | None) -> None:
    """Hold what the runs of ``jobs``, all of one shop, are expected to cost today.

    In the transaction that makes or queues them again, with their rows as saved; held jobs
    cost nothing before somebody's yes. Raises BudgetSpent, for the caller to roll back.
    """
    live = [job for job in jobs if job.state != JobState.HELD]
    budgets = budgets_of(live[0].shop, key) if live else []
    if not budgets:
        return
    timed = any(budget.seconds is not None for budget in budgets)
    costs = _expected(live, timed=timed)
    total = sum(costs, Cost())
    for budget in budgets:
        day = open_day(budget, today(budget.shop))
        if not take(day, budget, total):
            raise _refusal(budget, day, total)
        BudgetHold.objects.bulk_create(
            [
                BudgetHold(
                    job=job,
                    day=day,
                    token=job.lease_token,
                    made_before=job.made_count,
                    pictures=cost.pictures,
                    ms=cost.ms,
                )
                for job, cost in zip(live, costs, strict=True)
            ],
            batch_size=CHUNK,
        )


def _expected(jobs: Sequence[GenerationJob], *, timed: bool) -> list[Cost]:
    """What each job's missing pictures are expected to cost; no time where nothing limits it."""
    styles = {job.style_id for job in jobs} if timed else set()
    each = {style: picture_ms(style) for style in styles}
    pictures = [job.count - (job.images.count() if job.made_count else 0) for job in jobs]
    return [
        Cost(missing, missing * each.get(job.style_id, 0))
        for job, missing in zip(jobs, pictures, strict=True)
    ]


def picture_ms(style: int | None) -> int:
    """Compute time of a picture in milliseconds, by the last jobs of the style.

    ``BUDGET_PICTURE_SECONDS`` for a style of which no job has ended yet.
    """
    ended = BudgetHold.objects.filter(job__style=style, pictures_used__gt=0).order_by("-pk")
    seen = BudgetHold.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:SAMPLE]))
    sums = seen.aggregate(ms=Sum("ms_used"), pictures=Sum("pictures_used"))
    if not sums["pictures"]:
        return int(settings.BUDGET_PICTURE_SECONDS * 1000)
    return int(sums["ms"] / sums["pictures"])


def _refusal(budget: Budget, day: BudgetDay, cost: Cost) -> BudgetSpent:
    day.refresh_from_db()
    whose = (
        _("of the API key “%(name)s”") % {"name": budget.key.name}
        if budget.key
        else _("of the shop “%(name)s”") % {"name": budget.shop}
    )
    wants, left, cap = _in_words(budget, day, cost)
    facts = {"whose": whose, "wants": wants, "left": left, "cap": cap}
    if _never_fits(budget, cost):
        text = _("The order needs %(wants)s, but the daily budget %(whose)s is %(cap)s.")
        return BudgetSpent(text % facts, resets_at=None)
    resets = resets_at(budget.shop)
    facts["when"] = date_format(resets.astimezone(shop_zone(budget.shop)), "Y-m-d H:i T")
    return BudgetSpent(
        _(
            "The daily budget %(whose)s is spent: the order needs %(wants)s, %(left)s of "
            "%(cap)s are left. It begins anew at %(when)s."
        )
        % facts,
        resets_at=resets,
    )


def _never_fits(budget: Budget, cost: Cost) -> bool:
    too_many = budget.pictures is not None and cost.pictures > budget.pictures
    return too_many or (budget.seconds is not None and cost.ms > budget.seconds * 1000)


def _in_words(budget: Budget, day: BudgetDay, cost: Cost) -> tuple[str, str, str]:
    """What is wanted, left and given a day, of what there is too little of."""
    if budget.pictures is not None:
        left = budget.pictures - day.pictures_used - day.pictures_reserved
        if cost.pictures > left:
            text = ngettext("%(count)d picture", "%(count)d pictures", cost.pictures)
            return text % {"count": cost.pictures}, str(max(left, 0)), str(budget.pictures)
    cap = budget.seconds or 0
    left = cap - -(-(day.ms_used + day.ms_reserved) // 1000)
    wants = _("about %(count)d compute-seconds") % {"count": -(-cost.ms // 1000)}
    return wants, str(max(left, 0)), str(cap)


def seconds_until(resets: BudgetSpent) -> int | None:
    """Whole seconds until trying again may help; None when it never will."""
    if resets.resets_at is None:
        return None
    return max(1, round((resets.resets_at - timezone.now()).total_seconds()))
