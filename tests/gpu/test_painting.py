"""Health and speed on a card: what the processor's tests can only pretend."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from prodimages.choices import Task
from prodimages.exceptions import JobCanceled, JobFailure
from tests.diffusion.asking import ask, generate, picture
from tests.gpu.likeness import assert_alike, assert_apart

pytestmark = pytest.mark.gpu
WORDS = Task.TEXT_TO_IMAGE


def wishes(count: int = 4) -> list:
    return [ask(WORDS, seed=seed, parameters={"retries": 0}) for seed in range(1, count + 1)]


def greedy(monkeypatch, pipeline, times: int) -> list[int]:
    """The first calls ask the card for twice what it has; gives the sizes of all calls."""
    kind, sizes = type(pipeline), []
    works = kind.__call__

    def call(self, **given):
        sizes.append(len(given["prompt"]))
        if len(sizes) <= times:
            _free, total = torch.cuda.mem_get_info()
            torch.empty(2 * total, dtype=torch.uint8, device="cuda")
        return works(self, **given)

    monkeypatch.setattr(kind, "__call__", call)
    return sizes


@pytest.mark.parametrize(
    "times, sizes, tiled, offloaded",
    [(1, [4, 2, 2], False, False), (3, [4, 2, 1, 1, 1, 1, 1], True, False)],
)
def test_a_full_card_is_met_by_smaller_batches_then_tiles(
    engine_for, four, monkeypatch, times, sizes, tiled, offloaded
):
    engine = engine_for(four, "sd")
    first = generate(engine, *wishes())
    model = engine._painter.model
    held = torch.cuda.memory_allocated()
    asked = greedy(monkeypatch, model.pipeline("StableDiffusionPipeline"), times)
    again = generate(engine, *wishes())
    assert asked == sizes
    assert (model.is_tiled, model.is_offloaded) == (tiled, offloaded)
    if tiled:  # this decoder normalizes each tile by itself; a trained one differs at seams only
        model.pipeline("StableDiffusionPipeline").vae.disable_tiling()
        again = generate(engine, *wishes())
    for one, other in zip(first, again, strict=True):
        assert_alike(one.rgb, other.rgb)
    assert torch.cuda.memory_allocated() <= held * 1.05 + 2**20


def test_the_end_of_the_ladder_is_words_and_the_engine_lives_on(engine_for, four, monkeypatch):
    engine = engine_for(four, "sd", MAX_BATCH=1)
    picture(engine, *wishes(1))
    model = engine._painter.model
    with monkeypatch.context() as patched:
        greedy(patched, model.pipeline("StableDiffusionPipeline"), 99)
        (failure,) = generate(engine, *wishes(1))
    assert isinstance(failure, JobFailure)
    assert model.is_offloaded
    picture(engine, *wishes(1))


def test_a_cancel_is_heard_within_a_step(engine_for, four):
    engine = engine_for(four, "sd")
    picture(engine, ask(WORDS))
    told: list[float] = []
    with pytest.raises(JobCanceled):
        engine.generate(
            [ask(WORDS, parameters={"steps": 100, "retries": 0})],
            on_progress=told.append,
            is_canceled=lambda: bool(told),
        )
    assert told[0] < 0.2
    picture(engine, ask(WORDS))


def test_numbers_that_are_none_are_painted_once_more_in_full_precision(engine_for, four):
    engine = engine_for(four, "sd", DTYPE="float16")
    picture(engine, ask(WORDS))
    model = engine._painter.model

    def overflow(module, given, made):
        sample = made[0]
        return (sample * float("nan"),) if sample.dtype == torch.float16 else made

    hook = model.denoiser.register_forward_hook(overflow)
    try:
        made = picture(engine, ask(WORDS, parameters={"retries": 0}))
    finally:
        hook.remove()
    assert np.isfinite(made.rgb).all()
    assert made.metadata["number_format"] == "float32"


@pytest.mark.parametrize("family", ["sd", "flux2-klein"])
def test_a_batch_gives_nearly_what_each_would_give_alone(engine_for, four, klein, family):
    engine = engine_for(four if family == "sd" else klein, family)
    together = generate(engine, *wishes())
    for wish, made in zip(wishes(), together, strict=True):
        assert_alike(picture(engine, wish).rgb, made.rgb)
    assert_apart(together[0].rgb, together[1].rgb)


@pytest.mark.parametrize("how", ["model", "group"])
def test_what_waits_outside_of_the_card_paints_the_same(engine_for, klein, how):
    whole = picture(engine_for(klein, "flux2-klein"), ask(WORDS)).rgb
    engine = engine_for(klein, "flux2-klein", OFFLOAD=how, MAX_BATCH=2)
    assert_alike(picture(engine, ask(WORDS)).rgb, whole)


def test_weights_in_eight_bits_take_half_and_paint(engine_for, klein):
    whole = engine_for(klein, "flux2-klein")
    picture(whole, ask(WORDS))
    full = sum(p.numel() * p.element_size() for p in whole._painter.model.denoiser.parameters())
    whole.close()
    engine = engine_for(klein, "flux2-klein", QUANTIZE="fp8-storage")
    picture(engine, ask(WORDS))
    picture(engine, ask())  # by the sibling that inpaints, on the same weights
    small = sum(p.numel() * p.element_size() for p in engine._painter.model.denoiser.parameters())
    assert small < 0.75 * full


def test_a_repeated_prompt_is_encoded_once(engine_for, klein):
    engine = engine_for(klein, "flux2-klein")
    generate(engine, *wishes())
    memory = engine._painter.model.prompts
    assert (memory.misses, memory.hits) == (1, 3)


def test_the_card_is_not_held_while_pictures_are_looked_at(engine_for, four, monkeypatch):
    """Two threads take turns: one checks its pictures while the other one paints."""
    from concurrent.futures import ThreadPoolExecutor

    from prodimages.diffusion.tasks.text_to_image import TextToImage

    engine = engine_for(four, "sd")
    picture(engine, ask(WORDS))

    def slowly(self, brief, made, model):
        time.sleep(0.4)
        return 0.0

    monkeypatch.setattr(TextToImage, "fault", slowly)
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda seed: picture(engine, ask(WORDS, seed=seed)), range(4)))
    assert time.perf_counter() - began < 1.4
