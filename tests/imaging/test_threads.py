from __future__ import annotations

import threading

import pytest

from prodimages.engines import hands
from prodimages.imaging.threads import in_company, side_by_side


def here(item: int) -> tuple[int, bool]:
    return item, threading.current_thread() is threading.main_thread()


def test_two_at_once_in_order():
    together = threading.Barrier(2)

    def work(item: int) -> int:
        together.wait(10)
        return item * item

    assert side_by_side(work, [3, 4]) == [9, 16]


def test_in_company_it_is_a_loop_of_the_same_thread():
    with in_company():
        assert side_by_side(here, range(3)) == [(0, True), (1, True), (2, True)]
    assert side_by_side(here, range(3)) == [(0, False), (1, False), (2, False)]


def test_hands_are_company():
    def names(item: int) -> set[str]:
        return set(side_by_side(lambda part: threading.current_thread().name, range(3)))

    with hands.Hands(2) as two:
        assert all(len(found) == 1 for found in two.map(names, range(4)))


def test_an_error_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 // item, [1, 0])
