from __future__ import annotations

import numpy as np
import pytest
import torch

from prodimages.choices import Task
from prodimages.diffusion.embeddings import PromptMemory
from tests.diffusion.asking import ask, generate, picture


class Pipeline:
    """Encodes a prompt to its length, in as many tokens as ``tokens`` says."""

    def __init__(self, tokens=lambda prompt: 4):
        self.calls: list[list[str]] = []
        self._tokens = tokens

    def encode_prompt(self, prompt, device=None, prompt_embeds=None, negative_prompt=None):
        self.calls.append(list(prompt))
        longest = max(self._tokens(one) for one in prompt)
        rows = [torch.full((longest, 2), float(len(one))) for one in prompt]
        return torch.stack(rows), None, list(prompt)


@pytest.fixture
def memory():
    return PromptMemory(most=3)


def test_each_prompt_is_encoded_once(memory):
    pipeline = Pipeline()
    memory.attach(pipeline)
    made, none, names = pipeline.encode_prompt(prompt=["a", "bb", "a"], device="cpu")
    assert pipeline.calls == [["a"], ["bb"]]
    assert made[:, 0, 0].tolist() == [1.0, 2.0, 1.0]
    assert none is None
    assert names == ["a", "bb", "a"]
    pipeline.encode_prompt(["bb"], "cpu")  # however the arguments are given
    assert len(pipeline.calls) == 2


def test_other_arguments_are_other_results(memory):
    pipeline = Pipeline()
    memory.attach(pipeline)
    pipeline.encode_prompt(prompt=["a"], negative_prompt=["x"])
    pipeline.encode_prompt(prompt=["a"], negative_prompt=["y"])
    assert memory.misses == 2


def test_the_oldest_is_forgotten(memory):
    pipeline = Pipeline()
    memory.attach(pipeline)
    for prompt in ("a", "b", "c", "a", "d", "a", "b"):
        pipeline.encode_prompt(prompt=[prompt])
    assert pipeline.calls == [["a"], ["b"], ["c"], ["d"], ["b"]]


def test_results_cut_to_a_prompts_length_are_made_together(memory):
    pipeline = Pipeline(tokens=len)
    memory.attach(pipeline)
    made = pipeline.encode_prompt(prompt=["a", "bbb"])[0]
    assert made.shape == (2, 3, 2)


def test_what_is_no_plain_list_of_prompts_is_passed_on(memory):
    pipeline = Pipeline()
    memory.attach(pipeline)
    for _time in range(2):
        pipeline.encode_prompt(prompt=["a"], prompt_embeds=torch.zeros(1))
    assert len(pipeline.calls) == 2


def test_a_batch_from_memory_paints_what_it_painted_before(engine_for, four):
    engine = engine_for(four, "sd", MAX_BATCH=3)
    wishes = [
        ask(Task.TEXT_TO_IMAGE, seed=seed, prompt=prompt)
        for seed, prompt in enumerate(("a mug", "a vase", "a mug"))
    ]
    first = generate(engine, *wishes)
    model = engine._painter.model
    assert (model.prompts.misses, model.prompts.hits) == (2, 1)
    model.prompts.forget()
    for wish, made in zip(wishes, first, strict=True):
        assert np.abs(picture(engine, wish).rgb - made.rgb).max() < 1e-4


def test_another_number_format_is_encoded_anew(engine_for, four):
    engine = engine_for(four, "sd")
    picture(engine, ask(Task.TEXT_TO_IMAGE))
    model = engine._painter.model
    model.dtype = torch.bfloat16
    assert model.make_safer()
    picture(engine, ask(Task.TEXT_TO_IMAGE))
    assert model.prompts.misses == 2
