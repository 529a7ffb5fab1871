"""Forgets the payloads of events, and later the events, when their time is over."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from prodimages.conf import settings
from prodimages.models import DeliveryCount, InboundEvent

ROWS_STAY = 10
"""How much longer an event's row, by which a repeat is known, stays than its payload."""


def sweep(*, limit: int = 1000) -> int:
    """Erase old payloads, rows and counts, ``limit`` of each. Returns how many payloads."""
    kept = timedelta(days=settings.EVENT_DAYS)
    now = timezone.now()
    ended = InboundEvent.objects.ended().order_by("ended_at")
    told = ended.filter(ended_at__lt=now - kept, payload__isnull=False)
    erased = InboundEvent.objects.filter(pk__in=list(told.values_list("pk", flat=True)[:limit]))
    count = erased.update(payload=None)
    over = ended.filter(ended_at__lt=now - ROWS_STAY * kept).values_list("pk", flat=True)
    InboundEvent.objects.filter(pk__in=list(over[:limit])).delete()
    last_day = timezone.localdate() - ROWS_STAY * kept
    DeliveryCount.objects.filter(day__lt=last_day).delete()
    return count
