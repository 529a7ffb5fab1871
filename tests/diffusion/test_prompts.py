from __future__ import annotations

from prodimages.choices import Task
from prodimages.diffusion.prompts import cut_words
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
