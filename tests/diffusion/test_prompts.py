from __future__ import annotations

import numpy as np
import torch

from prodimages.choices import Task
from prodimages.diffusion.prompts import cut_words
from prodimages.diffusion.weighting import attach, token_weights
from tests.diffusion import tiny
from tests.diffusion.asking import ask, picture
from tests.diffusion.tiny import clip_tokenizer


def test_the_words_that_an_encoder_does_not_read_are_told():
    tokenizer = clip_tokenizer()  # a token a letter, and two around them
    assert cut_words(tokenizer, "aaaa bbbb cccc", 14) == ""
    assert cut_words(tokenizer, "aaaa bbbb cccc", 12) == "cccc"
    assert cut_words(tokenizer, "aaaabbbbcccc", 10) == "cccc"


def test_a_prompt_of_10000_characters_is_painted_and_its_rest_is_told(engine_for, nine):
    engine = engine_for(nine, "sd-inpaint")
    made = picture(engine, ask(Task.TEXT_TO_IMAGE, prompt="oak table " * 1000))
    (notice,) = made.notices
    assert "reads 77 tokens" in notice
    assert notice.endswith("…”.")
    assert picture(engine, ask(Task.TEXT_TO_IMAGE)).notices == []


def test_a_weight_moves_the_embeddings_of_its_words_alone():
    pipeline = tiny.stable_diffusion(4)
    text = "a (mug:1.5) on oak"
    wanted = {"device": "cpu", "num_images_per_prompt": 1, "do_classifier_free_guidance": False}
    given = {"prompt": ["a mug on oak"], **wanted}
    plainly, nothing = pipeline.encode_prompt(**given)[0], pipeline.encode_prompt("", **wanted)[0]
    attach(pipeline)
    assert (pipeline.encode_prompt(**given)[0] == plainly).all()
    weighted = pipeline.encode_prompt(**given | {"prompt": [text]})[0]
    weights = token_weights(pipeline.tokenizer, text, 77)
    assert weights[:8].tolist() == [1, 1, 1.5, 1.5, 1.5, 1, 1, 1]  # a letter is a token
    moved = nothing + 1.5 * (plainly - nothing)
    assert torch.allclose(weighted[0, 2:5], moved[0, 2:5], atol=1e-5)
    assert torch.allclose(weighted[0, 5:], plainly[0, 5:], atol=1e-6)


def test_weights_change_the_picture_and_its_negative_counterpart(engine_for, xl):
    engine = engine_for(xl, "sdxl-inpaint", GUIDANCE=3.0)

    def paint(**words):
        return picture(engine, ask(Task.TEXT_TO_IMAGE, **words)).rgb

    plainly = paint(prompt="a mug on oak", negative_prompt="blur")
    assert np.abs(paint(prompt="a (mug:2) on oak", negative_prompt="blur") - plainly).max() > 1e-4
    assert np.abs(paint(prompt="a mug on oak", negative_prompt="(blur:2)") - plainly).max() > 1e-4


def test_a_class_without_weights_reads_the_words_and_says_so(engine_for, z_image):
    engine = engine_for(z_image, "z-image")
    weighted = ask(Task.TEXT_TO_IMAGE, prompt="a (mug:1.5) on oak")
    plainly = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    assert (picture(engine, weighted).rgb == plainly).all()
    assert engine.read_prompt(Task.TEXT_TO_IMAGE, weighted.prompt).ignored == ["(mug:1.5)"]
