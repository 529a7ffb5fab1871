"""Small pictures of what is being painted."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny
from PIL import Image

from prodimages.choices import Task
from prodimages.diffusion import looks
from prodimages.diffusion.looks import LatentColors, as_cells
from tests.diffusion.asking import ask


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(looks, "LEAST_SECONDS", 0.0)


def paint(engine, *requests):
    seen = []
    engine.generate(
        requests,
        on_progress=lambda done: None,
        is_canceled=lambda: False,
        on_look=lambda request, picture: seen.append((request.seed, picture)),
    )
    return seen


def test_each_request_is_shown_as_it_is_painted(engine_for, four, often):
    engine = engine_for(four, "sd", MAX_BATCH=2)
    requests = [ask(Task.TEXT_TO_IMAGE, seed=seed) for seed in (1, 2)]
    assert paint(engine, *requests) == []  # how its latents look is learnt from the first ones
    seen = paint(engine, *requests)
    assert [seed for seed, _picture in seen] == 4 * [1, 2]
    picture = Image.open(io.BytesIO(seen[-1][1]))
    assert picture.size == (256, 256)
    assert picture.format == "JPEG"


def test_a_quick_picture_is_not_shown(engine_for, four, monkeypatch):
    monkeypatch.setattr(looks, "LEAST_SECONDS", 600.0)
    engine = engine_for(four, "sd")
    paint(engine, ask(Task.TEXT_TO_IMAGE))
    assert paint(engine, ask(Task.TEXT_TO_IMAGE)) == []


def test_packed_latents_of_a_flow_model_are_shown_too(engine_for, klein, often):
    engine = engine_for(klein, "flux2-klein", SIDES=[128, 128])
    paint(engine, ask(Task.TEXT_TO_IMAGE))
    assert len(paint(engine, ask(Task.TEXT_TO_IMAGE))) == 4


def test_a_tiny_decoder_shows_the_first_picture_already():
    tiny = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8)
    )
    pipeline = type("Pipeline", (), {"vae": tiny})()
    shown = LatentColors().of(pipeline, torch.randn(2, 4, 100, 60))
    assert shown.shape[:2] == (2, 3)
    assert shown.shape[2] <= 8 * 64
    assert 0 <= shown.min() <= shown.max() <= 1


def test_colors_are_learnt_from_a_models_own_pictures():
    torch.manual_seed(0)
    cells = torch.rand(1, 4, 12, 8)
    truth = torch.rand(4, 3) / 4
    small = torch.einsum("nchw,cd->ndhw", cells, truth)
    colors = LatentColors()
    assert colors.of(object(), cells) is None
    colors.learn(cells, small.repeat_interleave(8, 2).repeat_interleave(8, 3))
    other = torch.rand(2, 4, 5, 5)
    wanted = torch.einsum("nchw,cd->ndhw", other, truth)
    assert torch.allclose(colors.of(object(), other), wanted, atol=1e-4)
    assert colors.of(object(), torch.rand(1, 16, 5, 5)) is None


def test_latents_are_laid_out_in_the_shape_of_the_picture():
    packed = torch.arange(2 * 6 * 5).reshape(2, 6, 5)
    cells = as_cells(packed, 96, 64)
    assert cells.shape == (2, 5, 2, 3)
    assert (cells[0, :, 0, 1] == packed[0, 1]).all()
    assert as_cells(torch.zeros(1, 7, 5), 96, 64) is None
    assert as_cells(torch.zeros(1, 4, 1, 2, 3), 96, 64).shape == (1, 4, 2, 3)
    assert as_cells(torch.zeros(1, 4), 96, 64) is None


def test_a_look_has_the_shape_of_the_picture():
    file = looks.as_jpeg(torch.ones(3, 4, 6), 1024, 768)
    picture = Image.open(io.BytesIO(file))
    assert picture.size == (256, 192)
    assert np.asarray(picture).min() > 250
