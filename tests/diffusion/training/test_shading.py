"""The small U-Net of shadows, and the pairs of scenes that it learns from."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from prodimages.diffusion import shading
from prodimages.diffusion.training import checkpoints, parts, toy, views
from prodimages.diffusion.training.evaluation.shadows import angle_error, direction
from prodimages.diffusion.training.pairs import PairBook, casting, example, pairs
from prodimages.diffusion.training.shading import ShadingStage
from tests.diffusion.training.conftest import CPU, RECIPE, program_in


def all_of(scenes):
    at = np.flatnonzero(casting(scenes))
    return pairs(scenes, views.plain(at, views.Kind.EMPTY), torch.zeros(len(at), 1).long())


def test_factors_are_what_the_product_does_to_the_light():
    scenes = toy.scenes(12, 32, seed=1)
    found = all_of(scenes)
    beside = found.cover[:, 0] < 0.02
    assert len(found.cover) == int(scenes.has_product.sum())
    for factors, free in zip(found.factors.mean(dim=1), beside, strict=True):
        shadow = factors[free] < 0.8
        assert 0.01 < float(shadow.float().mean()) < 0.4
        assert float((factors[free][~shadow] - 1).abs().max()) < 0.1


def test_the_product_is_laid_on_a_scene_without_its_shadow():
    found = all_of(toy.scenes(12, 32, seed=1))
    shown = found.shown(found.without)
    covered = (found.cover > 0.99).expand_as(shown)
    assert torch.equal(shown[covered], found.shown(found.product)[covered])
    free = (found.cover == 0).expand_as(shown)
    assert float((found.shown(found.product) - shown)[free].min()) < -0.1


def test_what_the_studio_drew_teaches_no_shadow():
    scenes = toy.scenes(12, 32, seed=1)
    facts = [one | {"source": "studio"} for one in scenes.facts]
    drawn = dataclasses.replace(scenes, facts=facts)
    assert casting(scenes).sum() == scenes.has_product.sum()
    assert casting(drawn).sum() == 0
    with pytest.raises(ValueError, match="path-traced"):
        PairBook(RECIPE, drawn, None)


def test_a_batch_is_the_same_whenever_it_is_asked_for(trained):
    scenes = trained.train.shrunk(8)
    books = [PairBook(RECIPE, scenes, trained.reader) for _time in range(2)]
    for step in (0, 2, 5):
        books[0].batch(step)
    ours, theirs = (book.batch(4) for book in books)
    for field in dataclasses.fields(ours):
        assert torch.equal(getattr(ours, field.name), getattr(theirs, field.name))
    assert not torch.equal(ours.cover, books[0].batch(0).cover)


def test_before_it_has_learned_light_stays():
    unet = parts.shading(RECIPE)
    found = shading.factors(
        unet, torch.rand(2, 3, 16, 8), torch.rand(2, 1, 16, 8), torch.rand(2, 6, RECIPE.text_width)
    )
    assert torch.equal(found, torch.ones(2, 3, 16, 8))


def test_shadows_of_a_toy_are_learned_and_fall_to_their_side(trained):
    """In a minute of steps, where both a constant and another side would be off by far."""
    torch.manual_seed(0)
    recipe = dataclasses.replace(
        RECIPE, shading_batch=16, shading_chapter=128, shading_chapter_steps=40, shading_rate=6e-3
    )
    scenes = toy.scenes(96, 32, seed=5)
    reader = type("Reader", (), {"submit": lambda self, drawn, seed: [read(trained, len(drawn))]})()
    book = PairBook(recipe, scenes, reader)
    stage = ShadingStage(recipe, CPU, text=trained.results.trained()[1], book=book)
    for step in range(240):
        stage.optimizer.zero_grad()
        stage.loss(step).backward()
        stage.optimizer.step()
    held = example(toy.scenes(60, 32, seed=6), trained.library, 1, count=30)
    words = stage.text(input_ids=held.tokens)[0]
    with torch.no_grad():
        found = shading.factors(stage.unet, held.shown(held.without), held.cover, words)
    beside = held.cover < 0.02
    missed, plain = (float(((one - held.factors) * beside).square().mean()) for one in (found, 1))
    assert missed < 0.6 * plain
    off = [
        angle_error(*(direction(one.mean(0).numpy(), cover[0].numpy()) for one in both))
        for *both, cover in zip(
            *(torch.where(beside, one, 1.0) for one in (found, held.factors)), held.cover,
            strict=True,
        )
    ]  # fmt: skip
    assert np.median([one for one in off if one is not None]) < 30


def read(trained, count):
    return lambda: np.repeat(trained.library.ids(["a red wall"]), count, axis=0)


def test_weights_that_are_there_get_a_shadow(tmp_path, trained):
    """By that stage alone, with nothing else changed."""
    written = trained.order.out / "nano"
    program = program_in(tmp_path / "run", warm=written, stages=["shading"])
    program.run()
    folder = tmp_path / "run" / "nano"
    for name in ("unet", "layout"):
        file = f"{name}/diffusion_pytorch_model.safetensors"
        assert (folder / file).read_bytes() == (written / file).read_bytes()
    unet = shading.of_folder(folder)
    state = checkpoints.load(tmp_path / "run/shading/checkpoint.pt", CPU)["stage"]["average"]
    for name, weight in unet.state_dict().items():
        torch.testing.assert_close(weight, state[name].half().float())


def test_weights_are_written_without_a_shadow_that_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(ShadingStage, "loss", lambda self, step: 1 / 0)
    program_in(tmp_path, steps=1).run()
    assert (tmp_path / "nano" / "unet").is_dir()
    assert shading.of_folder(tmp_path / "nano") is None
