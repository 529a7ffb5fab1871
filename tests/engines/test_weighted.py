from __future__ import annotations

import pytest

from prodimages.engines.weighted import pieces, plain, weights_in


def test_a_prompt_falls_into_its_weighted_parts():
    text = "a mug, (soft light:1.3) and (shadow:0.8)"
    assert pieces(text) == [("a mug, ", 1), ("soft light", 1.3), (" and ", 1), ("shadow", 0.8)]
    assert plain(text) == "a mug, soft light and shadow"
    assert weights_in(text) == ["(soft light:1.3)", "(shadow:0.8)"]


@pytest.mark.parametrize(
    "text", ["Mug (blue)", "scale (1:2:3)", "(loud:9)", "(off:0)", "", "a:1.3"]
)
def test_brackets_without_a_weight_in_range_are_text(text):
    assert plain(text) == text
    assert weights_in(text) == []
