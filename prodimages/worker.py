"""What prodimages adds to the host's Celery workers, without touching the host's settings.

Each worker looks at the job table on its own timer, so that a lost message, a wiped
broker or a missing beat delays a job by one poll at most. The same look leaves a
heartbeat for doctor.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from celery import bootsteps, signals
from django.db import connection
from django.utils import timezone

import prodimages
from prodimages.conf import settings

logger = logging.getLogger(__name__)


class PollStep(bootsteps.StartStopStep):
    """A timer of the worker's consumer; it starts anew when the consumer reconnects."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._timer: Any = None
        self._started = timezone.now()

    def start(self, parent: Any) -> None:
        self._look(parent)
        self._timer = parent.timer.call_repeatedly(settings.POLL_SECONDS, self._look, (parent,))

    def stop(self, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, parent: Any) -> None:
        served = [queue.name for queue in parent.app.amqp.queues.consume_from.values()]
        with _looking:
            try:
                poll(parent.hostname, served, self._started)
            except Exception:
                logger.warning("Could not look at the job table; trying again.", exc_info=True)
            finally:
                # The worker forks its children from this process; none may inherit a connection.
                connection.close()


_looking = threading.RLock()


def let_forks_wait_for_looks() -> None:
    """With brokers that have no event loop, Celery runs timers in one thread and forks in another.

    A child forked in the middle of a look would inherit SQLite's locks as they are held just
    then, by a thread that it does not have, and wait for them at its first query for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_looking.acquire,
            after_in_parent=_looking.release,
            after_in_child=_looking.release,
        )


def poll(worker: str, queues: list[str], started: datetime) -> None:
    """Leave a heartbeat, and wake a worker for each queue that has something to claim."""
    from prodimages.models import WorkerHeartbeat
    from prodimages.services import publications, queue, wakeup
    from prodimages.services.inbound import handling
    from prodimages.services.storefront import freshness, renditions
    from prodimages.services.try_on import erasure

    WorkerHeartbeat.objects.update_or_create(
        name=worker,
        defaults={
            "queues": queues,
            "version": prodimages.__version__,
            "started_at": started,
            "seen_at": timezone.now(),
        },
    )
    waiting = {*queue.anything_claimable(queues), *publications.anything_due(queues)}
    waiting |= {*renditions.anything_due(queues), *freshness.anything_due(queues)}
    for name in waiting.union(handling.anything_due(queues)):
        wakeup.wake(name)
    if not waiting and queues and erasure.anything_due():
        wakeup.wake(queues[0])


def on_hang() -> Callable[[], None] | None:
    """How to end a hung step: a prefork child may be killed, since its parent replaces it.

    None in any other pool, where the process is all there is: the job is failed and
    fenced off, and the step is left to end by itself.
    """
    from billiard.process import current_process

    from prodimages.services.keeper import end_this_process

    if getattr(current_process(), "daemon", False) or current_process().name != "MainProcess":
        return end_this_process
    return None


def share_cores(processes: int) -> None:
    """Let each of the worker's processes compute on its share of the cores, and wait idly.

    Threads that wait by spinning, as OpenMP's do by default, made torch five times slower on a
    machine with other work. Set before the processes are forked and load anything; what the
    environment says already stands.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (cores or 1) // max(1, processes))))
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def _share_cores(conf: Any = None, options: Any = None, **kwargs: Any) -> None:
    """Celery itself starts as many processes as there are cores where nobody says how many."""
    asked = (options or {}).get("concurrency") or conf.worker_concurrency
    share_cores(int(asked or os.cpu_count() or 1))


_served: list[str] = []
"""Queues of this worker, noted before its processes are forked."""


def _note_queues(instance: Any = None, **kwargs: Any) -> None:
    _served[:] = [queue.name for queue in instance.app.amqp.queues.consume_from.values()]


def _begin_warm_up(**kwargs: Any) -> None:
    """Beside the process's start, which the worker gives up on after a few seconds."""
    threading.Thread(target=warm_up, args=(_served,), name="prodimages-warm", daemon=True).start()


def warm_up(queues: Sequence[str]) -> None:
    """Load the models of the engines that ask for it; a job that comes meanwhile waits for it."""
    from prodimages.engines.registry import get_engine

    for alias, declared in settings.ENGINES.items():
        if declared.get("QUEUE", settings.QUEUE) not in queues:
            continue
        try:
            engine = get_engine(alias)
            if engine.warms_up:
                engine.warm_up()
                logger.info("The engine %s is warm.", alias)
        except Exception:  # the first job will say it, to somebody who looks
            logger.warning("The engine %s could not be warmed up.", alias, exc_info=True)


def _add_poll_step(sender: Any = None, instance: Any = None, **kwargs: Any) -> None:
    instance.app.steps["consumer"].add(PollStep)
    let_forks_wait_for_looks()


def install() -> None:
    """Called where Celery is loaded; does nothing outside a worker."""
    signals.celeryd_init.connect(_add_poll_step, dispatch_uid="prodimages.poll")
    signals.celeryd_after_setup.connect(_note_queues, dispatch_uid="prodimages.queues")
    signals.worker_process_init.connect(_begin_warm_up, dispatch_uid="prodimages.warm")
    signals.celeryd_init.connect(_share_cores, dispatch_uid="prodimages.cores")
