"""Whose turn it is at a device that serves one thread at a time.

Batches that overlap wait for one another here. What waits is not at work: its step's
deadline starts again when its turn comes, and only then is the next batch claimed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_on_turn: ContextVar[Callable[[], None] | None] = ContextVar("prodimages_on_turn", default=None)


@contextmanager
def taken(device: threading.Lock) -> Iterator[None]:
    """Hold ``device`` for the block, and tell whoever asked to hear of it."""
    with device:
        if (tell := _on_turn.get()) is not None:
            tell()
        yield


@contextmanager
def heard(on_turn: Callable[[], None]) -> Iterator[None]:
    """Call ``on_turn`` each time that this block's work gets its turn at a device."""
    token = _on_turn.set(on_turn)
    try:
        yield
    finally:
        _on_turn.reset(token)
