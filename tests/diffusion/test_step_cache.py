"""Steps that are skipped: blocks are computed less often, and pictures stay the same ones."""

from __future__ import annotations

import dataclasses
import json
import sys

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from prodimages.choices import Task
from prodimages.diffusion import acceleration, step_cache
from prodimages.diffusion.callbacks import StepWatch
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobCanceled, JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, picture
from tests.diffusion.conftest import options_for

WORDS = Task.TEXT_TO_IMAGE
STEPS = 12
FLAT = [1.0] * STEPS
"""Residuals that do not change, so that as many steps are skipped as the cache allows."""


@pytest.fixture(scope="session")
def deep(tmp_path_factory):
    """Folder of a Qwen-Image of four blocks; with one there is nothing to skip."""
    pipeline = tiny.qwen_image()
    config = pipeline.transformer.config
    torch.manual_seed(0)
    pipeline.transformer = type(pipeline.transformer).from_config(config, num_layers=4)
    return tiny.save(pipeline, tmp_path_factory.mktemp("deep"))


def cached(engine_for, folder, kind, threshold=0.9, **options):
    given = {"STEPS": STEPS, "STEP_CACHE": threshold, "STEP_CACHE_KIND": kind} | options
    if kind == "magnitude":
        given.setdefault("STEP_RATIOS", FLAT)
    return engine_for(folder, "qwen-image", **given)


def last_block_runs(engine) -> list[int]:
    """Grows by one whenever the last block is computed, also under hooks that skip it."""
    runs: list[int] = []
    block = engine._painter.model.denoiser.transformer_blocks[-1]
    block.attn.register_forward_hook(lambda *call: runs.append(1))
    return runs


@pytest.mark.parametrize("kind", ["first-block", "magnitude", "cache-dit"])
def test_steps_are_skipped_and_the_picture_is_the_same_one(engine_for, deep, kind):
    if kind == "cache-dit":
        pytest.importorskip("cache_dit")
    plain = engine_for(deep, "qwen-image", STEPS=STEPS)
    whole = picture(plain, ask(WORDS)).rgb
    engine = cached(engine_for, deep, kind)
    picture(engine, ask(WORDS))
    runs = last_block_runs(engine)
    made = picture(engine, ask(WORDS)).rgb
    assert 0 < len(runs) <= STEPS - 3
    assert np.abs(made - whole).mean() < 0.05
    assert (picture(engine, ask(WORDS)).rgb == made).all()  # nothing is left from call to call


@pytest.mark.parametrize("kind", ["first-block", "magnitude"])
def test_a_canceled_picture_leaves_nothing_to_the_next(engine_for, deep, kind):
    engine = cached(engine_for, deep, kind)
    first = picture(engine, ask(WORDS, seed=3)).rgb
    steps = []

    def watch(self, pipeline, step, timestep, given):
        steps.append(step)
        return original(self, pipeline, step, timestep, given)

    original, StepWatch.__call__ = StepWatch.__call__, watch  # type: ignore[method-assign]
    try:
        with pytest.raises(JobCanceled):
            engine.generate(
                [ask(WORDS, seed=4)],
                on_progress=lambda done: None,
                is_canceled=lambda: len(steps) > 4,
            )
    finally:
        StepWatch.__call__ = original  # type: ignore[method-assign]
    assert (picture(engine, ask(WORDS, seed=3)).rgb == first).all()


def test_a_picture_that_keeps_its_canvas_knows_which_steps_it_runs(engine_for, deep, monkeypatch):
    ratios = [1.0 + step / 10 for step in range(STEPS)]
    engine = cached(engine_for, deep, "magnitude", STEP_RATIOS=ratios)
    picture(engine, ask(WORDS))
    config = engine._painter.model.denoiser._cache_config
    assert config.num_inference_steps == STEPS
    picture(engine, ask(Task.RESTYLE, parameters={"strength": 0.5}))
    assert config.num_inference_steps == STEPS // 2
    assert config.mag_ratios.tolist() == pytest.approx(ratios[STEPS // 2 :])


@pytest.mark.parametrize("steps, asked_for", [(4, 0), (8, 0), (9, 1)])
def test_steps_are_cached_only_where_there_are_many(monkeypatch, steps, asked_for):
    asked = []
    monkeypatch.setattr(acceleration, "cache_steps", lambda *given: asked.append(given))
    options = parsed(STEP_CACHE=0.1, STEPS=steps)
    acceleration.accelerate(tiny.flux2_klein(), options, torch.device("cpu"))
    assert len(asked) == asked_for


def parsed(**options) -> ModelOptions:
    found, faults = ModelOptions.parse(options_for("/nowhere", "flux2-klein", **options))
    assert found is not None
    assert faults == []
    return found


@pytest.mark.parametrize(
    "kind, make", [("first-block", tiny.flux2_klein), *((one, None) for one in ("magnitude",))]
)
def test_a_denoiser_that_can_not_skip_steps_is_named(kind, make):
    options = parsed(STEP_CACHE=0.1, STEP_CACHE_KIND=kind, STEP_RATIOS=FLAT)
    denoiser = make().transformer if make else tiny.stable_diffusion(4).unet
    with pytest.raises(JobFailure, match=type(denoiser).__name__):
        step_cache.cache_steps(denoiser, options)


def test_the_package_cache_dit_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "cache_dit", None)
    options = parsed(STEP_CACHE=0.1, STEP_CACHE_KIND="cache-dit")
    with pytest.raises(JobFailure, match="package cache-dit"):
        step_cache.cache_steps(tiny.qwen_image().transformer, options)


def test_factors_are_asked_for_in_words():
    for ratios in ([], [1.0, "x"], [0.0]):
        given = {"STEP_CACHE": 0.1, "STEP_CACHE_KIND": "magnitude", "STEP_RATIOS": ratios}
        faults = ModelOptions.parse(options_for("/nowhere", "qwen-image", **given))[1]
        assert [fault.id for fault in faults] == ["prodimages.E060"]
        assert "prodimages_models steps" in faults[0].hint


def test_a_command_measures_the_factors_that_the_settings_take(deep, settings, capsys):
    given = options_for(deep, "qwen-image", STEPS=STEPS)
    settings.PRODIMAGES = settings.PRODIMAGES | {
        "ENGINES": {
            "tiny": {"BACKEND": "prodimages.engines.diffusers.DiffusersEngine", "OPTIONS": given}
        }
    }
    call_command("prodimages_models", "steps", "tiny")
    told = json.loads("{" + capsys.readouterr().out + "}")
    ratios = told["STEP_RATIOS"]
    assert len(ratios) == STEPS
    assert ratios[0] == 1.0  # by the method's convention: before the first step there is none
    assert all(0.5 < ratio < 2 for ratio in ratios)
    read, faults = ModelOptions.parse(given | told | {"STEP_CACHE": 0.06})
    assert faults == []
    assert dataclasses.asdict(read)["step_cache_kind"] == "magnitude"
    with pytest.raises(CommandError, match="Name the one engine"):
        call_command("prodimages_models", "steps")
