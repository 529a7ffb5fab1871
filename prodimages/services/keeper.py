"""Keeps the leases of running jobs alive, and carries progress and cancels across.

A lease says that the process lives. That a step hangs is another matter: each has a
deadline, and past it the keeper fails the job and ends the process, which a prefork
worker replaces.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, JobState
from prodimages.conf import settings
from prodimages.exceptions import LeaseLost
from prodimages.models import GenerationJob
from prodimages.services import looks, queue
from prodimages.services.queue import Held

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5


def end_this_process() -> None:
    """SIGKILL: a hung native call answers to nothing less."""
    os.kill(os.getpid(), signal.SIGKILL)


class LeaseKeeper:
    """A timer thread with its own database connection; use it as a context manager."""

    def __init__(
        self,
        held: Sequence[Held],
        *,
        on_hang: Callable[[], None] | None = None,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._held = {item.job.pk: item for item in held}
        self._stopped: set[int] = set()
        self._progress: dict[int, tuple[str, float]] = {}
        self._written: dict[int, tuple[str, float]] = {}
        self._looks: dict[int, bytes] = {}
        self._deadline: float | None = None
        self._on_hang = on_hang
        self._on_turn = on_turn
        self._renewed = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prodimages-keeper", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def is_canceled(self, pk: int) -> bool:
        """Whether work on the job is to stop: it was canceled, or another worker holds it."""
        return pk in self._stopped

    def report(self, pk: int, stage: str, fraction: float) -> None:
        """Remember the progress; it is written at the next tick."""
        self._progress[pk] = (stage, fraction)

    def show(self, pk: int, picture: bytes) -> None:
        """Remember how far the job's picture is; it is written at the next tick."""
        self._looks[pk] = picture

    def begin_step(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds * settings.STEP_DEADLINE_SCALE

    def end_step(self) -> None:
        self._deadline = None

    def begin_turn(self, seconds: float) -> None:
        """What the step has waited for does not count against it."""
        self.begin_step(seconds)
        self._on_turn()

    def hand_back(self) -> None:
        """Return the jobs, none of which is to blame for the process's end, to the queue."""
        for pk, item in list(self._held.items()):
            queue.give_back(item)
            self.release(pk)

    def release(self, pk: int) -> None:
        """The job has ended; its lease is no longer ours to renew."""
        self._held.pop(pk, None)

    def _run(self) -> None:
        try:
            while not self._stop.wait(TICK_SECONDS):
                try:
                    self._tick()
                except Exception:
                    # The lease outlives a few missed renewals; a dropped connection is reopened.
                    logger.warning("Could not renew leases; trying again.", exc_info=True)
                    connection.close()
        finally:
            connection.close()

    def _tick(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._end_hung_jobs()
            return
        self._write_progress()
        if time.monotonic() - self._renewed > settings.LEASE_SECONDS / 4:
            self._stopped |= queue.renew(list(self._held.values()))
            self._renewed = time.monotonic()
        asked = GenerationJob.every.filter(pk__in=list(self._held), cancel_requested=True)
        self._stopped |= set(asked.values_list("pk", flat=True))

    def _write_progress(self) -> None:
        for pk, now in list(self._progress.items()):
            item = self._held.get(pk)
            if item is not None and self._written.get(pk) != now:
                GenerationJob.every.held(pk, item.token).update(stage=now[0], progress=now[1])
                self._written[pk] = now
        for pk in list(self._looks):
            picture = self._looks.pop(pk)
            if (item := self._held.get(pk)) is not None:
                looks.keep(pk, item.token, picture)

    def _end_hung_jobs(self) -> None:
        held = list(self._held.items())
        for pk, item in held:
            try:
                self._end_hung(item, in_company=len(held) > 1)
            except LeaseLost:
                logger.info("Job %s was taken over before it could be ended.", pk)
            self.release(pk)
        # Only now: had the database failed above, the next tick would try again.
        self._deadline = None
        if self._on_hang is not None:
            logger.error("A step hung; ending this process so that a fresh one takes its place.")
            self._on_hang()

    def _end_hung(self, item: Held, *, in_company: bool) -> None:
        """Fail the job; in a batch any job may be the culprit, so each runs again alone."""
        stage = self._progress.get(item.job.pk, ("", 0.0))[0]
        message = _("The step “%(step)s” took too long and was ended.") % {"step": stage}
        again = in_company and item.job.attempts_made < settings.MAX_ATTEMPTS
        queue.end(
            item,
            JobState.FAILED,
            kind=FailureKind.TIMEOUT,
            error=message,
            retry_at=timezone.now() if again else None,
            run_alone=in_company,
        )
