"""All that staff see of shoppers' try-ons: how many came to what end, by day."""

from __future__ import annotations

from django.db.models import F

from prodimages.models import TryOnCount
from prodimages.services.try_on.quotas import today


def count(shop: str, outcome: str) -> None:
    """One more; also under parallel load."""
    row, _created = TryOnCount.objects.get_or_create(shop=shop, day=today(), outcome=outcome)
    TryOnCount.objects.filter(pk=row.pk).update(number=F("number") + 1)
