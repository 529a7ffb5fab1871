"""The Celery task: a wake-up, carrying nothing but a queue's name."""

from __future__ import annotations

from celery import shared_task

from prodimages.worker import on_hang

BATCH_SECONDS = 2 * 3600
"""Last resort against a step that holds up even the keeper's thread. Set here, because a
host's own time limit, meant for short tasks, would end pictures half-way."""


@shared_task(
    name="prodimages.run_queue",
    ignore_result=True,
    acks_late=False,
    time_limit=BATCH_SECONDS,
    soft_time_limit=BATCH_SECONDS,
)
def run_queue(queue: str) -> int:
    """Act on shops' events, carry out one publication, make one picture's renditions, and run one
    batch of jobs of ``queue``.

    Returns how many there were of all of these.
    """
    from prodimages.services import delivery, execution
    from prodimages.services.inbound import handling
    from prodimages.services.storefront import freshness, renditions
    from prodimages.services.try_on import erasure

    if erasure.anything_due():
        erasure.sweep(limit=20)
    count = handling.run_next([queue])
    count += delivery.run_next([queue])
    count += renditions.run_next([queue])
    count += freshness.run_next([queue])
    return count + execution.run_next([queue], on_hang=on_hang())
