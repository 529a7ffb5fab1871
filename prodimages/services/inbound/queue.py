"""The events as a queue, in the manner of the job table (services.queue)."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from django.db import connections, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import AttemptOutcome, InboundState
from prodimages.conf import settings
from prodimages.exceptions import LeaseLost, TransitionRefused
from prodimages.models import InboundAttempt, InboundEvent
from prodimages.services import wakeup

LEASE = timedelta(seconds=360)
"""Longer than asking a platform may take in all."""
MOST_ATTEMPTS = 8
"""With the waits between them a platform may be away for about two hours."""
LONGEST_WAIT = 3600.0
_LOOKS = 4


@dataclasses.dataclass(frozen=True)
class Held:
    """An event that this process holds under ``token``."""

    event: InboundEvent
    token: int
    attempt: InboundAttempt


def is_due() -> bool:
    """Whether an event could be claimed now."""
    return InboundEvent.objects.claimable().exists()


def claim(worker: str) -> Held | None:
    """Take the event that has been due longest; None when there is none."""
    now = timezone.now()
    with transaction.atomic():
        due = InboundEvent.objects.claimable(now).order_by("due_at", "pk")
        database = connections[router.db_for_write(InboundEvent)]
        if database.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        for row in due[:_LOOKS]:
            if held := _take(row, worker, now):
                return held
    return None


def _take(row: InboundEvent, worker: str, now: datetime) -> Held | None:
    """Compare-and-set on the token; None when another was faster, or it had its attempts."""
    same = InboundEvent.objects.filter(pk=row.pk, token=row.token, state=row.state)
    if row.state == InboundState.RUNNING:
        words = _("The worker stopped answering.")
        _close(row.pk, row.token, AttemptOutcome.CRASHED, words)
        if row.attempts_made >= MOST_ATTEMPTS:
            same.update(state=InboundState.FAILED, outcome=words, ended_at=now)
            return None
    changed = same.update(
        state=InboundState.RUNNING,
        token=row.token + 1,
        due_at=now + LEASE,
        attempts_made=row.attempts_made + 1,
    )
    if not changed:
        return None
    row.state, row.token = InboundState.RUNNING, row.token + 1
    row.attempts_made += 1
    attempt = InboundAttempt.objects.create(event=row, token=row.token, worker=worker)
    return Held(row, row.token, attempt)


def finish(held: Held, outcome: str) -> None:
    """It was acted on. Raises LeaseLost when another worker holds it now."""
    _leave(held, AttemptOutcome.SUCCEEDED, outcome, state=InboundState.DONE)


def give_up(held: Held, why: str) -> None:
    """Trying again won't help. Raises LeaseLost as above."""
    _leave(held, AttemptOutcome.FAILED, why, state=InboundState.FAILED)


def postpone(held: Held, why: str, *, after: float | None = None) -> None:
    """Try again ``after`` seconds at least, or give up after the last attempt. As above."""
    made = held.event.attempts_made
    if made >= MOST_ATTEMPTS:
        give_up(held, why)
        return
    wait = min(settings.RETRY_SECONDS * 3 ** (made - 1), LONGEST_WAIT)
    due_at = timezone.now() + timedelta(seconds=max(wait, after or 0))
    _leave(held, AttemptOutcome.FAILED, why, state=InboundState.WAITING, due_at=due_at)


def wait_until(held: Held, why: str, due_at: datetime) -> None:
    """Nothing is wrong but the time; the attempt is not charged. As above."""
    made = held.event.attempts_made - 1
    values = {"state": InboundState.WAITING, "due_at": due_at, "attempts_made": made}
    _leave(held, AttemptOutcome.RETURNED, why, **values)


def _leave(held: Held, how: AttemptOutcome, text: str, **values: object) -> None:
    if values["state"] != InboundState.WAITING:
        values["ended_at"] = timezone.now()
    with transaction.atomic():
        same = InboundEvent.objects.held(held.event.pk, held.token)
        if not same.update(outcome=text, **values):
            raise LeaseLost
        _close(held.event.pk, held.token, how, text)


def _close(pk: int, token: int, how: AttemptOutcome, text: str) -> None:
    open_attempt = InboundAttempt.objects.filter(event_id=pk, token=token, ended_at=None)
    open_attempt.update(outcome=how, text=text, ended_at=timezone.now())


def replay(event: InboundEvent) -> None:
    """Act on an ended event once more. Raises TransitionRefused for one that has not ended."""
    with transaction.atomic():
        changed = (
            InboundEvent.objects.ended()
            .filter(pk=event.pk)
            .update(
                state=InboundState.WAITING,
                due_at=timezone.now(),
                attempts_made=0,
                outcome="",
                ended_at=None,
            )
        )
        if not changed:
            raise TransitionRefused(_("The event is being worked on; it can't be replayed now."))
        wakeup.wake_on_commit(settings.QUEUE)
    event.refresh_from_db()
