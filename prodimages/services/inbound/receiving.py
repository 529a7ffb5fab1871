"""What a request does with a verified event: one row, or one more in a count."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from prodimages.choices import EventKind, InboundState, NotKept
from prodimages.conf import settings
from prodimages.exceptions import TransitionRefused
from prodimages.models import DeliveryCount, InboundEvent
from prodimages.services import wakeup
from prodimages.services.inbound import queue
from prodimages.shops.platform import Event

LONGEST_ID = 200
AGAIN = timedelta(minutes=10)
"""A deletion that is told so much later is another one, or a repeat that does no harm."""
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
        with _apart():
            row.save(force_insert=True)
    except IntegrityError:
        if event.kind == EventKind.DELETED and _delete_again(row):
            return True
        count(shop, NotKept.REPEAT)
        return False
    transaction.on_commit(functools.partial(_wake, row.pk), robust=True)
    return True


def _delete_again(row: InboundEvent) -> bool:
    """Act anew on a deletion that was acted on a while ago. False where it was not.

    Some platforms tell nothing of a deletion but the product's id, so that a product which was
    brought back and deleted once more looks like a repeat. The worker asks the shop.
    """
    same = InboundEvent.objects.ended().filter(shop=row.shop, event_id=row.event_id)
    earlier = same.filter(ended_at__lt=row.received_at - AGAIN).first()
    if earlier is None:
        return False
    try:
        queue.replay(earlier)
    except TransitionRefused:  # another copy of it was faster
        return False
    return True


def _apart() -> AbstractContextManager[None]:
    """A savepoint where the caller holds a transaction, so that a repeat does not break that.

    None elsewhere: one INSERT needs no transaction around it, and SQLite's only write lock is
    held for as long as that takes, without the time that Python spends before and after.
    """
    held = transaction.get_connection().in_atomic_block
    return transaction.atomic() if held else contextlib.nullcontext()


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
        with _apart():
            DeliveryCount.objects.create(**wanted, count=1)
    except IntegrityError:
        rows.update(count=F("count") + 1)
