"""The shadow and the bounce of a product, on what a model painted around it."""

from __future__ import annotations

import dataclasses
import math
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import shading
from prodimages.diffusion.training import parts
from prodimages.diffusion.training.recipe import TINY
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.exceptions import JobFailure
from prodimages.imaging.color import to_linear
from tests.diffusion.asking import ask, generate, picture, placed
from tests.diffusion.test_nano import FOLDER


@pytest.fixture(scope="module")
def nano():
    engine = DiffusersEngine("nano", {"PRESET": "nano", "MAX_BATCH": 2})
    yield engine
    engine.close()


@pytest.fixture
def pipeline(monkeypatch):
    """Hears nothing."""

    def hear(pipeline, prompts):
        return torch.zeros(len(prompts), 4, TINY.text_width)

    monkeypatch.setattr("prodimages.diffusion.layouts.hear", hear)
    return SimpleNamespace()


def halving():
    """A U-Net that says one half wherever it looks."""
    unet = parts.shading(TINY)
    torch.nn.init.constant_(unet.conv_out.bias, math.log(0.5))
    return unet


def given(height=64, width=96):
    random = np.random.default_rng(0)
    made = random.random((height, width, 3)).astype(np.float32)
    cover = np.zeros((height, width), np.float32)
    cover[20:40, 30:50] = 1
    return [made], [np.ones_like(made)], [cover]


def test_light_is_multiplied_in_its_linear_values(pipeline):
    (made,), *others = given()
    (lit,) = shading.lit(halving(), pipeline, ["a wall"], [made], *others)
    beside = np.ones(made.shape[:2], bool)
    beside[20:40, 30:50] = False
    np.testing.assert_allclose(to_linear(lit[beside]), 0.5 * to_linear(made[beside]), atol=2e-3)
    assert lit.dtype == np.float32


def test_a_network_that_has_learned_nothing_changes_nothing(pipeline):
    (made,), *others = given()
    (lit,) = shading.lit(parts.shading(TINY), pipeline, ["a wall"], [made], *others)
    np.testing.assert_allclose(lit, made, atol=2e-3)


def test_the_network_sees_the_product_and_where_it_is(pipeline, monkeypatch):
    seen = []

    def looks(unet, shown, cover, words):
        seen[:] = [shown, cover]
        return torch.ones_like(shown)

    monkeypatch.setattr(shading, "factors", looks)
    shading.lit(halving(), pipeline, ["a wall"], *given())
    shown, cover = seen
    assert shown.shape == (1, 3, 16, 24)
    assert cover.shape == (1, 1, 16, 24)
    assert (shown[:, :, cover[0, 0] == 1] == 1).all()  # the product is white
    assert float(shown[:, :, cover[0, 0] == 0].max()) < 0.9


def test_under_the_product_goes_on_what_is_right_beside_it():
    """For as far as enlarging looks; what the network says there means nothing."""
    layer = np.full((24, 24, 3), 0.5, np.float32)
    cover = np.zeros((24, 24), np.float32)
    cover[3:21, 3:21] = 1
    layer[cover > 0] = 7
    found = shading.continued(layer, cover)
    assert (found[:6] == 0.5).all()
    assert (found[9:15, 9:15] == 1).all()
    assert found.max() == 1
    assert (shading.continued(layer, np.ones_like(cover)) == 1).all()


def test_factors_that_run_over_are_bounded():
    layer = np.full((8, 8, 3), 9, np.float32)
    layer[:4] = 0
    bounded = shading.continued(layer, np.zeros((8, 8), np.float32))
    assert (bounded.min(), bounded.max()) == (np.float32(shading.LEAST), np.float32(shading.MOST))


def test_a_layer_is_enlarged_smoothly():
    layer = np.ones((16, 16, 3), np.float32)
    layer[:, 8:, 1] = 0.5
    lit = shading.shaded(np.full((256, 256, 3), 0.4, np.float32), layer)
    assert lit[100, 20] == pytest.approx(0.4)
    assert lit[100, 230, 1] == pytest.approx(0.2)
    assert np.abs(np.diff(lit[100, :, 1])).max() < 0.02


def shadow_to_the_right(model, words, brighter_on="neither"):
    """How much darker it gets on the right of a box on a table than on its left, on the very same
    painting, so that nothing but the shadow differs.
    """
    painted = np.full((256, 256, 3), 0.62, np.float32)
    painted[120:] = (0.55, 0.45, 0.36)
    slope = {"left": -0.5, "right": 0.5, "neither": 0}[brighter_on]
    product = (
        placed(256).rgb / np.float32(255) * (1 + slope * np.linspace(-1, 1, 256)[None, :, None])
    )
    (lit,) = shading.lit(
        model.shading,
        model.pipeline("StableDiffusionInpaintPipeline"),
        [f"an oak table top against a gray wall, {words}"],
        [painted],
        [product.clip(0, 1)],
        [placed(256).alpha],
    )
    ratio = lit / painted
    np.testing.assert_allclose(ratio[:16], 1, atol=0.1)  # far above the product
    return float(ratio[150:220, :56].mean() - ratio[150:220, 200:].mean())


def test_a_shadow_falls_away_from_the_light(nano):
    """As words name it, and as the product itself shows where it came from."""
    picture(nano, ask())
    model = nano._painter.model
    from_left, from_right = (f"hard light from the {side}" for side in ("left", "right"))
    by_words = [shadow_to_the_right(model, words) for words in (from_left, from_right)]
    assert by_words[0] > by_words[1] + 0.008
    assert shadow_to_the_right(model, from_left, brighter_on="left") > 0.015
    assert shadow_to_the_right(model, from_right, brighter_on="right") < -0.015


def test_a_background_is_in_the_light_that_the_product_leaves(nano, monkeypatch):
    lit = picture(nano, ask(side=256, prompt="a white wall, hard light from the left")).rgb
    monkeypatch.setattr(nano._painter.model, "shading", None)
    unlit = picture(nano, ask(side=256, prompt="a white wall, hard light from the left")).rgb
    assert (lit - unlit).mean() < 0
    assert float((lit - unlit).min()) < -0.03


def test_neighbors_do_not_change_a_background(nano):
    requests = ask(prompt="a red wall"), ask(prompt="a green wall, an oak table", seed=4)
    for made, request in zip(generate(nano, *requests), requests, strict=True):
        np.testing.assert_allclose(made.rgb, picture(nano, request).rgb, atol=1e-4)


def test_a_picture_from_words_has_no_product_to_throw_a_shadow(nano, monkeypatch):
    monkeypatch.setattr(shading, "lit", lambda *given: 1 / 0)
    made = picture(nano, ask(task=Task.TEXT_TO_IMAGE, side=256, prompt="a red wall"))
    assert made.rgb.shape == (256, 256, 3)


def test_a_wide_picture_is_lit_as_well(nano):
    product = placed(256)
    wide = np.s_[64:192]
    cut = dataclasses.replace(
        product, rgb=product.rgb[wide], alpha=product.alpha[wide], box=(64, 0, 192, 128)
    )
    request = ask(width=256, height=128, product=cut, prompt="an oak table")
    assert picture(nano, request).rgb.shape == (128, 256, 3)


def test_weights_without_a_shadow_paint_as_well(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "nano")
    shutil.rmtree(folder / shading.FOLDER)
    engine = DiffusersEngine("nano", {"PRESET": "nano", "PATH": str(folder)})
    assert picture(engine, ask()).rgb.shape == (64, 64, 3)
    assert engine._painter.model.shading is None
    engine.close()


def test_a_shadow_that_is_a_pickle_is_refused(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "nano")
    file = folder / shading.FOLDER / "diffusion_pytorch_model.safetensors"
    torch.save({}, file.with_suffix(".bin"))
    file.unlink()
    with pytest.raises(JobFailure, match="could not be loaded") as caught:
        generate(DiffusersEngine("nano", {"PRESET": "nano", "PATH": str(folder)}), ask())
    assert caught.value.kind == FailureKind.UNAVAILABLE
