"""What a worker does about an event: mirror the product, order its first pictures, or erase."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import EventKind, Source
from prodimages.conf import settings
from prodimages.exceptions import BudgetSpent, LeaseLost, ProdimagesError, RequestRefused
from prodimages.models import InboundEvent
from prodimages.services import signing_keys, wakeup
from prodimages.services.execution import worker_name
from prodimages.services.inbound import erasure, queue
from prodimages.services.submission import Order, submit
from prodimages.shops.platform import (
    Event,
    PlatformRefused,
    PlatformShop,
    PlatformUnavailable,
    StateUnclear,
    Taken,
)
from prodimages.shops.registry import platform_shop

logger = logging.getLogger(__name__)

TURN_SECONDS = 20.0
"""After so long a worker looks at its other work before it goes on with the events."""
HOOK = "webhook"
"""The client in whose name first pictures are ordered."""


def anything_due(queues: Sequence[str]) -> list[str]:
    """The queue of the events if a worker of ``queues`` has something to do for shops now."""
    if settings.QUEUE in queues and (queue.is_due() or signing_keys.any_due()):
        return [settings.QUEUE]
    return []


def run_next(queues: Sequence[str]) -> int:
    """Act on the events that are due, for one turn. Returns how many there were."""
    if settings.QUEUE not in queues:
        return 0
    if signing_keys.any_due():
        signing_keys.refresh_due()
    count, end = 0, time.monotonic() + TURN_SECONDS
    while queue.is_due():
        if time.monotonic() > end:
            wakeup.wake(settings.QUEUE)
            break
        held = queue.claim(worker_name())
        if held is None:
            break
        work_on(held)
        count += 1
    return count


def work_on(held: queue.Held) -> None:
    """Act on one event and record how that went. Never raises, for the sake of the next one."""
    try:
        _record(held)
    except LeaseLost:
        logger.info("Event %s is held by another worker now.", held.event.pk)


def _record(held: queue.Held) -> None:
    try:
        outcome = act(held.event)
    except BudgetSpent as spent:
        queue.wait_until(held, str(spent), spent.resets_at or timezone.now() + timedelta(hours=1))
    except (PlatformRefused, RequestRefused) as error:
        queue.give_up(held, str(error))
    except ProdimagesError as error:
        queue.postpone(held, str(error), after=getattr(error, "retry_after", None))
    except Exception as error:  # whatever a shop's own code raises
        logger.warning("Event %s failed.", held.event.pk, exc_info=True)
        words = _("An unexpected error (%(name)s); the worker's log has the details.")
        queue.postpone(held, words % {"name": type(error).__name__})
    else:
        queue.finish(held, outcome)


def act(event: InboundEvent) -> str:
    """Do what ``event`` asks for; returns what that was, in words."""
    backend = platform_shop(event.shop)
    match event.kind:
        case EventKind.CREATED | EventKind.UPDATED:
            return _bring(backend, event)
        case EventKind.DELETED:
            return _drop(backend, event)
        case EventKind.REDACT_SHOP:
            return erasure.erase_shop(backend)
        case EventKind.REDACT_CUSTOMER:
            return erasure.erase_customer(event)
    return _("Nothing was to be done.")


def _bring(backend: PlatformShop, event: InboundEvent) -> str:
    """Mirror the product as the event tells it, or as the platform does where it tells little."""
    product = None if event.payload is None else backend.product_of(_as_told(event))
    if product is None:
        return _ask(backend, event)
    try:
        as_of = product.updated_at or event.occurred_at or event.received_at
        taken = backend.take(product, as_of=as_of)
    except StateUnclear:
        return _ask(backend, event)
    return _order(backend, event, taken)


def _as_told(event: InboundEvent) -> Event:
    return Event(
        id=event.event_id,
        kind=EventKind(event.kind),
        topic=event.topic,
        external_id=event.external_id,
        occurred_at=event.occurred_at,
        payload=event.payload or {},
    )


def _ask(backend: PlatformShop, event: InboundEvent) -> str:
    asked_at = timezone.now()
    product = backend.fetch(event.external_id)
    if product is None:
        if event.kind == EventKind.CREATED and event.attempts_made < 3:
            # Some platforms tell of a product a moment before they show it.
            raise PlatformUnavailable(_("The shop does not show the product yet."))
        backend.drop(event.external_id, as_of=None)
        return _("The shop has no such product any more.")
    taken = backend.take(product, as_of=product.updated_at or asked_at, asked_at=asked_at)
    return _order(backend, event, taken)


def _drop(backend: PlatformShop, event: InboundEvent) -> str:
    if backend.drop(event.external_id, as_of=event.occurred_at or event.received_at):
        return _("The product was removed, and its waiting jobs were ended.")
    return _ask(backend, event)


def _order(backend: PlatformShop, event: InboundEvent, taken: Taken | None) -> str:
    """The first pictures of a product that an event brought, once, by the rules."""
    if taken is None:
        return _("Something newer was known already.")
    if not taken.waits:
        return _("The product is up to date.")
    order = Order(
        products=[taken.product],
        shop=event.shop,
        source=Source.WEBHOOK,
        client=HOOK,
        # The product's and not the event's: an update may come before the creation, and both
        # may be worked on at the same time.
        idempotency_key=f"first:{taken.product.pk}",
    )
    try:
        receipt = submit(order)
    except BudgetSpent:
        raise
    except RequestRefused as refused:
        # Its next update may bring a photo, or what a rule asks for.
        return _("The product is up to date; no pictures yet: %(why)s") % {"why": refused}
    backend.settle(taken.product)
    return _("Its first pictures are ordered: %(jobs)d jobs.") % {"jobs": receipt.job_count}
