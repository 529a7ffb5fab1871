"""Two threads for the parts of one picture, unless whole pictures are made side by side already.

numpy, scipy and Pillow let go of the interpreter while they compute, so that a picture is done
sooner on two cores. Where a process makes several at once, as beside a graphics card, that is
what the cores are for; more threads would only get in the way of the one that feeds the card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AT_ONCE = 2
"""More would only cost memory."""

_in_company: ContextVar[bool] = ContextVar("prodimages_in_company", default=False)


def side_by_side(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """``function`` of each item, in order. Raises what the first that failed raised."""
    if _in_company.get():
        return [function(item) for item in items]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(function, items))


@contextmanager
def in_company() -> Iterator[None]:
    """Other pictures are made in other threads: the block's work keeps to this one."""
    token = _in_company.set(True)
    try:
        yield
    finally:
        _in_company.reset(token)
