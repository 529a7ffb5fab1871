"""Tells workers that jobs are waiting. A hint and no more: the job table is the queue.

A message that gets lost costs at most one poll of the worker; a broker that is down or
silent costs the request at most about a second, and then nothing until the next try.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import transaction

from prodimages.conf import settings

logger = logging.getLogger(__name__)

# For each broker transport, what keeps a dead or silent one from holding up a request.
_IMPATIENT: dict[str, Any] = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "read_timeout": 1,
    "write_timeout": 1,
}


def impatient_connection(app: Any) -> Any:
    """A connection to the app's broker that gives up after about a second."""
    options = app.conf.broker_transport_options
    if not (app.conf.broker_url or "").startswith("filesystem"):
        options = {**options, **_IMPATIENT}
    return app.connection_for_write(connect_timeout=1, transport_options=options)


class _Publisher:
    """Publishes wake-ups, and after a failure leaves the broker alone for half a poll."""

    def __init__(self) -> None:
        self.failures = 0
        self._silent_until = 0.0
        self._running_here = False

    def publish(self, queue: str) -> bool:
        if time.monotonic() < self._silent_until:
            return False
        try:
            self._send(queue)
        except Exception as error:  # whatever a broker's client raises, the job is safe
            self.failures += 1
            self._silent_until = time.monotonic() + settings.POLL_SECONDS / 2
            logger.warning("Could not wake a worker (%s); it will look by itself.", error)
            return False
        return True

    def _send(self, queue: str) -> None:
        from prodimages.tasks import run_queue

        if run_queue.app.conf.task_always_eager:
            self._run_here(queue)
            return
        with impatient_connection(run_queue.app) as connection:
            run_queue.apply_async(
                (queue,),
                queue=queue,
                connection=connection,
                retry=False,
                ignore_result=True,
                expires=4 * settings.POLL_SECONDS,
            )

    def _run_here(self, queue: str) -> None:
        """For a host without workers, such as one under test: do the work in their stead.

        Job after job, not each inside the one before that woke it.
        """
        from prodimages.tasks import run_queue

        if self._running_here:
            return
        self._running_here = True
        try:
            while run_queue.apply((queue,), throw=True).result:
                pass
        finally:
            self._running_here = False


publisher = _Publisher()


def wake(queue: str) -> None:
    """Wake a worker of ``queue`` now."""
    publisher.publish(queue)


def wake_on_commit(queue: str) -> None:
    """Wake a worker of ``queue`` once the running transaction is committed, and only once."""
    connection = transaction.get_connection()
    waiting = {getattr(hook[1], "queue", None) for hook in connection.run_on_commit}
    if queue not in waiting:
        transaction.on_commit(_Wake(queue), robust=True)


class _Wake:
    def __init__(self, queue: str) -> None:
        self.queue = queue

    def __call__(self) -> None:
        wake(self.queue)
