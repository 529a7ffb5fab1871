"""Whose turn it is at a device that serves one thread at a time.

Batches that overlap wait for one another here. What waits is not at work: its step may take
longer for as long as it waits, its deadline starts again when its turn comes, and only then is
the next batch claimed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

MOST_BEFORE = 4
"""Batches that one may wait for: as many as overlap. A wait has an end too, should what has the
device never give it back.
"""


class _Listener(NamedTuple):
    on_wait: Callable[[], None]
    on_turn: Callable[[], None]


_listener: ContextVar[_Listener | None] = ContextVar("prodimages_turns", default=None)


@contextmanager
def taken(device: threading.Lock) -> Iterator[None]:
    """Hold ``device`` for the block, and tell whoever asked to hear of it."""
    listener = _listener.get()
    if listener is not None:
        listener.on_wait()
    with device:
        if listener is not None:
            listener.on_turn()
        yield


@contextmanager
def heard(on_wait: Callable[[], None], on_turn: Callable[[], None]) -> Iterator[None]:
    """Call ``on_wait`` each time that this block's work begins to wait for a device, and
    ``on_turn`` when it has it.
    """
    token = _listener.set(_Listener(on_wait, on_turn))
    try:
        yield
    finally:
        _listener.reset(token)
