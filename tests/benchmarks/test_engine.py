from __future__ import annotations

import pytest

from benchmarks import engine

PLAIN = {"load": 4.0, "first": 40.0, "peak": 6000.0, "pictures": [(30.0, 50.0), (24.0, 48.0)]}
OURS = {"load": 3.0, "first": 12.0, "peak": 4000.0, "pictures": [(8.0, 16.0), (9.0, 16.0)]}


def test_the_ratio_is_that_of_the_least_disturbed_runs():
    picture, times = engine._pictures("int8", PLAIN, OURS, last=True)
    assert (picture.value, picture.baseline) == (8.5, 27.0)
    assert times.value == pytest.approx(3.0)
    assert times.holds == "NO"


def test_memory_and_times_stand_beside_the_plain_pipelines():
    load, first, peak = engine._memory("int8", PLAIN, OURS, last=True)
    assert (load.value, load.baseline) == (3.0, 4.0)
    assert (first.value, first.baseline) == (12.0, 40.0)
    assert (peak.value, peak.baseline, peak.holds) == (4000.0, 6000.0, "NO")


def test_only_the_last_way_is_held_to_the_targets():
    rows = [*engine._pictures("fp32", PLAIN, OURS, last=False)]
    rows += engine._memory("fp32", PLAIN, OURS, last=False)
    assert {row.target for row in rows} == {None}
