"""How often pictures were seen and chosen: sums by day, of nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from prodimages.models import StorefrontCount
from prodimages.services.budget_days import today


class Place(NamedTuple):
    """A variant of a product, whether it has a row or not."""

    shop: str
    product: Any
    key: str


def add(seen: Mapping[Place, int], chosen: Mapping[Place, int]) -> None:
    """Add to the sums of today; in one order, so that two requests never wait for each other."""
    for place in sorted({*seen, *chosen}, key=str):
        _add(place, {"shown": seen.get(place, 0), "chosen": chosen.get(place, 0)})


def _add(place: Place, more: Mapping[str, int]) -> None:
    wanted = {
        "shop": place.shop,
        "product_id": place.product,
        "key": place.key,
        "day": today(place.shop),
    }
    rows = StorefrontCount.objects.filter(**wanted)
    changes = {name: F(name) + number for name, number in more.items()}
    if rows.update(**changes):
        return
    try:
        with transaction.atomic():
            StorefrontCount.objects.create(**wanted, **more)
    except IntegrityError:
        rows.update(**changes)  # another was faster, or the product was deleted: then nothing


def sums(shop: str, products: set[Any], *, days: int) -> dict[tuple[Any, str], tuple[int, int]]:
    """Seen and chosen in the last ``days``, by product and variant; one query."""
    since = today(shop, timezone.now()) - timedelta(days=days)
    rows = StorefrontCount.objects.filter(shop=shop, product_id__in=products, day__gt=since)
    summed = (
        rows.order_by().values("product_id", "key").annotate(seen=Sum("shown"), chose=Sum("chosen"))
    )
    return {(row["product_id"], row["key"]): (row["seen"], row["chose"]) for row in summed}
