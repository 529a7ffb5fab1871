"""Pictures that hold to their layout."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import layouts
from prodimages.diffusion.layouts import Layout
from prodimages.diffusion.training import parts
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.exceptions import JobCanceled, JobFailure
from tests.diffusion.asking import ask, generate, picture
from tests.diffusion.test_nano import FOLDER


@pytest.fixture(scope="module")
def nano():
    engine = DiffusersEngine("nano", {"PRESET": "nano", "MAX_BATCH": 2})
    yield engine
    engine.close()


def words(prompt, seed=3):
    return ask(task=Task.TEXT_TO_IMAGE, side=256, prompt=prompt, seed=seed)


@pytest.fixture
def layout():
    torch.manual_seed(0)
    return Layout(torch.randn(2, 4, 2, 2), torch.randn(2, 4, 8, 8))


@pytest.fixture
def scheduler():
    made = parts.scheduler()
    made.set_timesteps(4)
    return made


def coarse(latents):
    return F.adaptive_avg_pool2d(latents, 2)


def uneven(latents):
    return coarse(latents) - coarse(latents).flip(-1)


def test_halves_differ_as_those_of_the_layout_at_the_noise_of_the_step(layout, scheduler):
    latents = torch.randn(2, 4, 8, 8)
    held = layout.held(scheduler, 1, latents)
    sigma = float(scheduler.sigmas[2])
    wanted = (1 - sigma) * layout.latents + sigma * coarse(layout.noise)
    wanted = wanted - wanted.flip(-1)
    before, after = ((wanted - uneven(one))[:, :3].square().mean() for one in (latents, held))
    assert after < 0.3 * before
    torch.testing.assert_close(held[:, 3:], latents[:, 3:])


def test_what_both_halves_have_stays_the_pictures_own(layout, scheduler):
    latents = torch.randn(2, 4, 8, 8)
    held = layout.held(scheduler, 1, latents)
    torch.testing.assert_close(held + held.flip(-1), latents + latents.flip(-1))


def test_what_is_finer_than_the_layout_stays(layout, scheduler):
    latents = torch.randn(2, 4, 8, 8)
    pattern = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4)
    change = layout.held(scheduler, 0, latents) - latents
    ours = (change * pattern).mean()
    assert abs(float(ours)) < 0.05 * float(change.abs().max())


def test_the_last_step_is_the_denoisers_own(layout, scheduler):
    latents = torch.randn(2, 4, 8, 8)
    assert layout.held(scheduler, 3, latents) is latents


def test_a_layout_is_a_quarter_as_wide_in_any_shape(nano):
    picture(nano, words("a red wall"))
    small = nano._painter.model.layout_pipeline
    made = layouts.drawn(small, ["a red wall"], [1], width=256, height=192, guidance=3.0)
    assert made.latents.shape == (1, 4, 6, 8)
    assert made.noise.shape == (1, 4, 24, 32)


def test_the_noise_is_what_the_pipeline_would_have_drawn(nano, monkeypatch):
    """So that a picture that holds to nothing is that of the same seed without a layout."""
    picture(nano, words("a red wall"))
    with monkeypatch.context() as patch:
        patch.setattr(nano._painter.model, "layout_pipeline", None)
        free = picture(nano, words("a red wall")).rgb
    assert not np.array_equal(picture(nano, words("a red wall")).rgb, free)
    monkeypatch.setattr(Layout, "held", lambda self, scheduler, step, latents: latents)
    assert np.array_equal(picture(nano, words("a red wall")).rgb, free)


def test_neighbors_do_not_change_a_picture(nano):
    requests = words("a red wall"), words("a green wall, an oak table", seed=4)
    for made, request in zip(generate(nano, *requests), requests, strict=True):
        np.testing.assert_allclose(made.rgb, picture(nano, request).rgb, atol=1e-4)


def test_a_cancel_is_heard_while_the_layout_is_made(nano, monkeypatch):
    picture(nano, words("a red wall"))
    steps = []
    monkeypatch.setattr(Layout, "held", lambda *given: steps.append(1))
    heard = iter([False, False, False, True])  # before it, and after its steps
    with pytest.raises(JobCanceled):
        nano.generate(
            [words("a red wall")],
            on_progress=lambda done: None,
            is_canceled=lambda: next(heard),
        )
    assert not steps
    monkeypatch.undo()
    assert picture(nano, words("a red wall")).rgb.shape == (256, 256, 3)


def test_a_background_starts_from_its_canvas_and_needs_no_layout(nano, monkeypatch):
    monkeypatch.setattr(layouts, "drawn", lambda *given, **named: 1 / 0)
    assert picture(nano, ask()).rgb.shape == (64, 64, 3)


def test_weights_without_a_layout_paint_as_well(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "nano")
    shutil.rmtree(folder / layouts.FOLDER)
    engine = DiffusersEngine("nano", {"PRESET": "nano", "PATH": str(folder)})
    assert picture(engine, words("a red wall")).rgb.shape == (256, 256, 3)
    assert engine._painter.model.layout_pipeline is None
    engine.close()


def test_a_layout_that_is_a_pickle_is_refused(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "nano")
    file = folder / layouts.FOLDER / "diffusion_pytorch_model.safetensors"
    torch.save({}, file.with_suffix(".bin"))
    file.unlink()
    with pytest.raises(JobFailure, match="could not be loaded") as caught:
        generate(DiffusersEngine("nano", {"PRESET": "nano", "PATH": str(folder)}), words("a wall"))
    assert caught.value.kind == FailureKind.UNAVAILABLE


def test_the_side_of_the_light_is_the_one_that_words_name(nano):
    """Beige walls over oak, whose halves differ in nothing but their light."""
    for seed in (3, 4, 5):
        brighter = {}
        for side in ("left", "right"):
            prompt = f"an oak table top against a beige wall, soft light from the {side}"
            rgb = picture(nano, words(prompt, seed)).rgb
            brighter[side] = float(rgb[:, :128].mean() - rgb[:, 128:].mean())
        assert brighter["left"] > brighter["right"]
