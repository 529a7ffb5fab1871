"""Runs a function in many threads at the same moment, each with its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(count: int, function: Callable[[int], Any]) -> list[Any]:
    """``function(number)`` in ``count`` threads; what each returned or raised, in order."""
    barrier = threading.Barrier(count)
    outcomes: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            outcomes[number] = function(number)
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def in_thread(function: Callable[[], Any]) -> Any:
    """What ``function`` returns in a thread, and a database connection, of its own."""
    (outcome,) = at_once(1, lambda number: function())
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
