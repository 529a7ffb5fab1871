from __future__ import annotations

from prodimages.pipeline.color_words import MARK, filled, in_words


def test_the_color_takes_the_place_of_its_mark_in_the_prompts_language():
    assert (
        filled(f"a {MARK} mug on oak", ["dark red", "white"]) == "a dark red and white mug on oak"
    )
    assert filled(f"{MARK}的杯子，橡木桌面", ["dark red"]) == "深红色的杯子，橡木桌面"


def test_no_color_leaves_no_trace():
    assert filled(f"a {MARK} mug", []) == "a mug"
    assert in_words(["odd"], chinese=True) == "odd"
