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
    """Carry out one publication and one batch of ``queue``; returns how many they were."""
    from prodimages.services import delivery, execution

    return delivery.run_next([queue]) + execution.run_next([queue], on_hang=on_hang())
