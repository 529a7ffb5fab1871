"""What a request does with a verified event: one row, or one more in a count."""

from __future__ import annotations

import functools
import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from prodimages.choices import EventKind, InboundState, NotKept
from prodimages.conf import settings
from prodimages.models import DeliveryCount, InboundEvent
from prodimages.services import wakeup
from prodimages.shops.platform import Event

LONGEST_ID = 200
_KEPT_NOWHERE = {EventKind.IGNORED: NotKept.TOPIC, EventKind.PING: NotKept.PING}
_ABOUT_PEOPLE = {EventKind.REDACT_SHOP, EventKind.REDACT_CUSTOMER}


def accept(shop: str, event: Event, received_at: datetime) -> bool:
    """Keep ``event`` for a worker. False when there is nothing to do, or when it is known."""
    if event.kind in _KEPT_NOWHERE:
        count(shop, _KEPT_NOWHERE[event.kind])
        return False
    row = InboundEvent(
        shop=shop,
        event_id=short(event.id),
        kind=event.kind,
        topic=event.topic[:100],
        external_id=event.external_id,
        occurred_at=event.occurred_at,
        received_at=received_at,
        payload=_payload(event),
        due_at=received_at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            transaction.on_commit(functools.partial(_wake, row.pk), robust=True)
    except IntegrityError:
        count(shop, NotKept.REPEAT)
        return False
    return True


def short(event_id: str) -> str:
    """An id that fits its column, and is still one of its kind."""
    if len(event_id) <= LONGEST_ID:
        return event_id
    return "sha256:" + hashlib.sha256(event_id.encode()).hexdigest()


def _payload(event: Event) -> dict[str, Any] | None:
    """A request to erase somebody must not itself be a record of that person."""
    return None if event.kind in _ABOUT_PEOPLE else dict(event.payload)


def _wake(pk: int) -> None:
    """Wake a worker, unless an event before this one still waits for the worker it woke.

    The worker goes on until nothing is due, so it comes to this one as well; a lost message
    costs one poll, as always.
    """
    earlier = InboundEvent.objects.filter(
        state=InboundState.WAITING, due_at__lte=timezone.now(), pk__lt=pk
    )
    if not earlier.exists():
        wakeup.wake(settings.QUEUE)


def count(shop: str, reason: NotKept) -> None:
    """One more delivery of today that left no event; one row for each shop, day and reason."""
    wanted = {"shop": shop, "day": timezone.localdate(), "reason": reason}
    rows = DeliveryCount.objects.filter(**wanted)
    if rows.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            DeliveryCount.objects.create(**wanted, count=1)
    except IntegrityError:
        rows.update(count=F("count") + 1)
