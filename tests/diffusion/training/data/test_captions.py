"""Captions say what the facts say, in the studio's words, and nothing else."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from prodimages.diffusion.training.data import captions, scenes
from prodimages.engines.studio import prompt
from prodimages.engines.studio.vocabulary import COLORS

FACTS = [dataclasses.asdict(scenes.draw(seed)) for seed in range(300)]


def said(facts: dict[str, Any], seed: int = 0, **tones: float | None) -> str:
    tones = {"warmth": None, "brightness": None} | tones
    return captions.caption(facts, np.random.default_rng(seed), **tones)  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", FACTS[:150], ids=lambda facts: str(facts["seed"]))
def test_what_the_studio_reads_in_a_caption_is_true(facts: dict[str, Any]) -> None:
    for seed in range(6):
        text = said(facts, seed, warmth=0.6, brightness=-0.6)
        understood = prompt.read(text).understood
        if facts["scene"] not in ("seamless", "gradient", "podium", "shelf", "wall"):
            assert understood.get("surface", facts["surface"]) == facts["surface"], text
        if facts["wall"] and "wall" in understood:
            assert understood["wall"] == facts["wall"], text
        named = {color for color in COLORS if COLORS[color] in understood.values()}
        true = {facts[f"{part}_color"] for part in ("surface", "wall", "product")}
        # "Sand" is a color as well as what lies there.
        assert named <= true | {facts["accent"], facts["surface"]}, text
        assert understood.get("temperature", "warm") == "warm", text
        assert understood.get("mood", "dark") == "dark", text
        side = {"above": "top"}.get(facts["light_side"], facts["light_side"])
        from_above = {"top"} if facts["scene"] == "floor" else set()
        assert understood.get("light", side) in {side, *from_above}, text


def test_an_even_light_has_no_word_for_its_tone() -> None:
    for facts in FACTS:
        understood = prompt.read(said(facts, 1, warmth=0.1, brightness=0.1)).understood
        assert "temperature" not in understood
        assert "mood" not in understood


def test_what_the_picture_has_of_its_own_is_told_with_what_is_added() -> None:
    assert captions.tone(-0.5, 0.0) == ("cool", "")
    assert captions.tone(0.5, -0.5) == ("warm", "dark")
    assert captions.tone(0.9, 0.45) == ("golden", "bright")
    facts = FACTS[0] | {"warmth": 0.5, "brightness": 0.0}
    words = [said(facts, seed, warmth=0.0, brightness=0.0) for seed in range(30)]
    assert any("warm" in text or "暖" in text for text in words)


def test_captions_vary_and_some_are_chinese() -> None:
    texts = [said(FACTS[3], seed) for seed in range(400)]
    assert len(set(texts)) > 200
    chinese = sum(any("一" <= letter <= "鿿" for letter in text) for text in texts)
    assert chinese == pytest.approx(captions.CHINESE_SHARE * 400, abs=30)


def test_the_same_generator_says_the_same() -> None:
    assert said(FACTS[5], 9, warmth=0.3) == said(FACTS[5], 9, warmth=0.3)


def test_a_picture_without_its_product_is_not_told_with_it() -> None:
    facts = next(facts for facts in FACTS if facts["product"] == "mug") | {"product": None}
    assert not any("mug" in said(facts, seed) for seed in range(200))


def test_a_mirrored_picture_is_lit_from_the_other_side() -> None:
    facts = FACTS[0] | {"light_side": "left", "key_direction": [-0.6, 0.7, 0.4]}
    flipped = captions.mirrored(facts)
    assert flipped["light_side"] == "right"
    assert flipped["key_direction"] == [0.6, 0.7, 0.4]
    assert captions.mirrored(flipped) == facts
    assert captions.mirrored(facts | {"light_side": "back"})["light_side"] == "back"


def test_every_word_of_color_and_material_is_listed_for_the_tokenizer() -> None:
    words = captions.all_words()
    assert {"oak", "marble", "terracotta", "mug", "blossoms"} <= set(words)
