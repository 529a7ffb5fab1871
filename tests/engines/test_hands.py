from __future__ import annotations

import threading

import pytest

from prodimages.engines import hands, turns


def test_without_hands_it_is_a_loop():
    names = hands.spread(lambda item: threading.current_thread().name, range(3))
    assert set(names) == {threading.current_thread().name}


def test_hands_work_side_by_side_and_keep_the_order():
    together = threading.Barrier(2)

    def work(item: int) -> int:
        together.wait(10)
        return item * item

    with hands.Hands(2) as two, hands.lent(two):
        assert hands.spread(work, [3, 4]) == [9, 16]


def test_each_task_is_tidied_up_after_in_its_thread():
    tidied = []
    with hands.Hands(2, after=lambda: tidied.append(threading.get_ident())) as two:
        used = two.map(lambda item: threading.get_ident(), [1, 2, 3])
    assert sorted(tidied) == sorted(used)


def test_a_hand_never_waits_for_others():
    with hands.Hands(1) as one, hands.lent(one):
        inner = hands.spread(lambda item: hands.spread(str, [item, item]), [1, 2])
    assert inner == [["1", "1"], ["2", "2"]]


def test_an_error_reaches_the_caller():
    with hands.Hands(2) as two, hands.lent(two), pytest.raises(ZeroDivisionError):
        hands.spread(lambda item: 1 / item, [1, 0])


@pytest.mark.parametrize("told, most", [("1", 1), ("3", 3), ("64", hands.MOST)])
def test_a_process_takes_its_share_of_the_cores(monkeypatch, told, most):
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert hands.share() == most


def test_whoever_waits_hears_of_its_turn():
    device, heard = threading.Lock(), []

    def hear(name):
        return lambda: heard.append((name, device.locked()))

    with turns.heard(hear("waits"), hear("turn")), turns.taken(device):
        pass
    with turns.taken(device):  # nobody asked
        pass
    assert heard == [("waits", False), ("turn", True)]
