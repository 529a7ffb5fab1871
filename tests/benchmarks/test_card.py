from __future__ import annotations

import pytest

pytest.importorskip("torch")

from benchmarks.card.whole_jobs import _covered


@pytest.mark.parametrize(
    "turns, seconds",
    [
        ([], 0.0),
        ([(1.0, 3.0), (4.0, 5.5)], 3.5),
        ([(2.0, 4.0), (1.0, 3.0)], 3.0),  # the second began before the first one's pictures came
        ([(1.0, 9.0), (2.0, 3.0), (8.0, 10.0)], 9.0),
    ],
)
def test_turns_that_overlap_count_once(turns, seconds):
    assert _covered(turns) == pytest.approx(seconds)
