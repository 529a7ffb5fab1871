"""Asks the broker whether it is there, for doctor."""

from __future__ import annotations

from prodimages.services import wakeup


def broker_name() -> str:
    """The broker's address without its password."""
    from prodimages.tasks import run_queue

    return str(run_queue.app.connection_for_write().as_uri())


def broker_error() -> str:
    """Why the broker can't be reached; empty when it can. Takes about a second at most."""
    from prodimages.tasks import run_queue

    try:
        with wakeup.impatient_connection(run_queue.app) as connection:
            connection.ensure_connection(max_retries=1, timeout=1)
    except Exception as error:  # each broker's client raises errors of its own
        return type(error).__name__ + (f": {error}" if str(error) else "")
    return ""
