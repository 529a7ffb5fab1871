"""The small denoiser of layouts, and the small scenes that it learns from."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from prodimages.diffusion import layouts
from prodimages.diffusion.training import toy
from prodimages.diffusion.training.export import DIGESTS, digests
from prodimages.diffusion.training.layout import LayoutStage, sides
from prodimages.diffusion.training.shipping import ship
from tests.diffusion.training.conftest import RECIPE, program_in


def test_scenes_shrink_to_the_mean_radiance_of_blocks():
    scenes = toy.scenes(3, 16, seed=1)
    small = scenes.shrunk(4)
    codes = scenes.light[1, 0, 1].numpy().astype(float)
    blocks = (codes**2).reshape(4, 4, 4, 4, 3).mean(axis=(1, 3)) ** 0.5
    np.testing.assert_allclose(small.light[1, 0, 1].numpy(), blocks, atol=0.51)
    covered = scenes.mask[1].numpy().reshape(4, 4, 4, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(small.mask[1].numpy(), covered, atol=0.51)
    assert small.regions.shape == (3, 2, 4, 4)
    assert small.light.dtype == torch.uint8
    assert scenes.shrunk(16) is scenes
    with pytest.raises(ValueError, match="do not shrink"):
        scenes.shrunk(5)


def test_only_its_own_denoiser_learns(trained):
    stage = trained.layout_stage()
    text = {name: weight.clone() for name, weight in stage.text.state_dict().items()}
    before = {name: weight.clone() for name, weight in stage.unet.state_dict().items()}
    for step in range(2):
        stage.optimizer.zero_grad()
        stage.loss(step).backward()
        stage.optimizer.step()
    assert all(torch.equal(weight, text[name]) for name, weight in stage.text.state_dict().items())
    after = stage.unet.state_dict()
    assert any(not torch.equal(weight, after[name]) for name, weight in before.items())


def test_words_that_were_heard_before_are_not_read_again(trained):
    stage = trained.layout_stage()
    tokens = torch.from_numpy(trained.library.ids(["a red wall", "a mug", "a red wall"])).long()
    expected = stage.text(input_ids=tokens)[0]
    read = []
    stage.text.register_forward_hook(lambda *given: read.append(len(given[2][0])))
    for _time in range(2):
        torch.testing.assert_close(stage.words(tokens), expected, atol=2e-3, rtol=2e-3)
    assert read == [2]


def test_weights_that_are_there_get_a_layout(tmp_path, trained):
    """By that stage alone, with nothing else changed, and shipped with the rest."""
    written = trained.order.out / "nano"
    program = program_in(tmp_path / "run", warm=written, stages=["layout"])
    program.run()
    folder = tmp_path / "run" / "nano"
    for name in ("unet/diffusion_pytorch_model", "text_encoder/model"):
        ours, theirs = ((one / f"{name}.safetensors").read_bytes() for one in (folder, written))
        assert ours == theirs
    layout = layouts.of_folder(folder, torch.float32)
    assert layout.config.sample_size == RECIPE.side // layouts.COARSER // 8
    for name, weight in program.results.layout().state_dict().items():
        torch.testing.assert_close(layout.state_dict()[name], weight.half().float())
    assert json.loads((folder / DIGESTS).read_text()) == digests(folder)
    shipped = tmp_path / "package" / "nano"
    shipped.parent.mkdir()
    ship(folder, shipped, tmp_path / "seal.py")
    assert (shipped / layouts.FOLDER / "diffusion_pytorch_model.safetensors").is_file()


def test_there_is_no_layout_without_words(tmp_path):
    with pytest.raises(ValueError, match="needs words"):
        program_in(tmp_path, stages=["autoencoder", "layout"]).run()
    assert not (tmp_path / "autoencoder").exists()


def test_weights_are_written_without_a_layout_that_failed(tmp_path, monkeypatch):
    said = []
    program = program_in(tmp_path, steps=1)
    program.say = said.append
    monkeypatch.setattr(LayoutStage, "loss", lambda self, step: 1 / 0)
    program.run()
    assert "ZeroDivisionError" in "".join(said)
    assert (tmp_path / "nano" / "unet").is_dir()
    assert not (tmp_path / "nano" / layouts.FOLDER).exists()


def test_sides_are_what_halves_differ_by():
    latents = torch.randn(2, 4, 8, 8)
    found = sides(latents)
    pattern = torch.ones(8, 8) / 8
    pattern[:, 4:] *= -1
    torch.testing.assert_close(found, (latents * pattern).sum(dim=(2, 3)))
    torch.testing.assert_close(sides(latents.flip(-1)), -found)
    assert sides(torch.randn(2, 4, 1, 1)).abs().max() == 0


def test_a_layout_listens_to_the_words_themselves_too(trained):
    """Beside what the encoder makes of them, so that *left* and *right* stay apart."""
    text = trained.results.trained()[1]
    tokens = torch.from_numpy(trained.library.ids(["a red wall"])).long()
    both = layouts.heard(text, tokens)
    assert both.shape == (1, 2 * tokens.shape[1], RECIPE.text_width)
    torch.testing.assert_close(both[:, : tokens.shape[1]], text(input_ids=tokens)[0])
    swapped = tokens.clone()
    swapped[0, 1], swapped[0, 2] = tokens[0, 2], tokens[0, 1]
    words = both[:, tokens.shape[1] :]
    other = layouts.heard(text, swapped)[:, tokens.shape[1] :]
    torch.testing.assert_close(words[0, 3:], other[0, 3:])
    assert not torch.allclose(words[0, 1:3], other[0, 1:3])


def test_its_sheet_shows_words_alone(trained):
    from PIL import Image

    stage = trained.layout_stage()
    assert len(stage._showcase._shown) == 1
    assert bool((stage._showcase._measured.mask == 1).all())
    assert Image.open(trained.order.out / "layout" / "sheet-100.jpg").size[1] > 0
