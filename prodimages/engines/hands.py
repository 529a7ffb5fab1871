"""A few threads for the parts of a batch that need no graphics card.

numpy, scipy, Pillow and zlib let go of the interpreter while they compute, so that the
canvases, checks and files of a batch's pictures are made side by side while the card paints
another batch. Where nothing overlaps none are lent, and ``spread`` is a plain loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TypeVar

from prodimages.imaging.threads import in_company

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 8
"""More would only wait for the interpreter."""


class Hands:
    """Use it as a context manager; ``after`` is called in a thread after each of its tasks."""

    def __init__(self, count: int, *, after: Callable[[], None] = lambda: None) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="prodimages-hand")
        self._after = after

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """``function`` of each item, in order. Raises what the first that failed raised."""

        def task(item: Item) -> Result:
            _lent.set(None)  # a hand that waited for other hands could wait for ever
            try:
                with in_company():
                    return function(item)
            finally:
                self._after()

        # Each in the caller's context: the language that is active there, say.
        futures = [self._pool.submit(copy_context().run, task, item) for item in items]
        return [future.result() for future in futures]


_lent: ContextVar[Hands | None] = ContextVar("prodimages_hands", default=None)


@contextmanager
def lent(hands: Hands) -> Iterator[None]:
    """Let ``spread`` use ``hands`` within the block."""
    token = _lent.set(hands)
    try:
        yield
    finally:
        _lent.reset(token)


def spread(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """``function`` of each item, in order, side by side where hands are lent."""
    work = list(items)
    hands = _lent.get()
    if hands is None or len(work) < 2:
        return [function(item) for item in work]
    return hands.map(function, work)


def share() -> int:
    """How many threads suit this process: its share of the cores, as ``worker`` sets it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(MOST, int(told) if told.isdigit() else cores or 1))
