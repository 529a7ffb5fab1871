"""The decoder's last lessons: what it learns from, what it is asked for, and what is written."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from prodimages.diffusion.training import repainting
from prodimages.diffusion.training.clocks import Clock
from prodimages.diffusion.training.crops import crops
from prodimages.diffusion.training.export import DIGESTS, digests
from prodimages.diffusion.training.grain import deviation, statistics_apart
from prodimages.diffusion.training.loop import Loop
from prodimages.diffusion.training.perception import Perception
from prodimages.diffusion.training.texture import TextureStage
from tests.diffusion.training.conftest import RECIPE, program_in


@pytest.fixture
def stage(trained) -> TextureStage:
    return trained.texture_stage()


def _weights(module):
    return {name: weight.clone() for name, weight in module.state_dict().items()}


def _same(ours, theirs) -> bool:
    return all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def test_only_the_decoder_learns_and_its_judges_beside_it(stage):
    decoder, judges = _weights(stage.decoder), _weights(stage.judges)
    network = _weights(stage._perception)
    for step in range(2):
        stage.optimizer.zero_grad()
        stage.loss(step).backward()
        stage.optimizer.step()
    assert not _same(decoder, stage.decoder.state_dict())
    assert not _same(judges, stage.judges.state_dict())
    assert _same(network, stage._perception.state_dict())


def test_judges_learn_from_what_no_gradient_goes_back_through(stage):
    """Else the decoder would learn to be told."""
    made = torch.rand(2, 3, 32, 32, requires_grad=True)
    stage._judge(stage._perception(torch.rand(2, 3, 32, 32)), stage._perception(made))
    assert made.grad is None
    assert all(weight.grad is None for weight in stage.decoder.parameters())


def test_judges_tell_noise_from_scenes_after_some_steps(stage):
    smooth = torch.linspace(-1, 1, 32).expand(4, 3, 32, 32)
    rough = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(1)).clamp(-1, 1)
    real, seen = stage._perception(smooth), stage._perception(rough)
    for _step in range(60):
        stage._judge(real, seen)
    with torch.no_grad():
        for one, theirs, ours in zip(stage.judges, real, seen, strict=True):
            assert one(theirs).mean() > one(ours).mean()


def _enlarged(cells, times):
    return cells.repeat_interleave(times, 0).repeat_interleave(times, 1)


def test_crops_of_pictures_latents_and_blocks_are_of_one_place(stage):
    """With latents and blocks that say where they are from."""
    samples = stage._samples
    count, side = len(samples.pictures), samples.latents.shape[-1]
    rows = torch.arange(side).float()[:, None].expand(side, side)
    stage._samples = repainting.Samples(
        pictures=_enlarged(rows, 8).byte().expand(count, 3, -1, -1),
        latents=rows.expand(count, 4, -1, -1),
        painted=samples.painted,
        paintings=rows.expand(len(samples.painted), 4, -1, -1),
        coarse=_enlarged(rows, 2).expand(len(samples.painted), 3, -1, -1),
    )
    given = crops(stage._samples, 6, 16, 0.0, torch.Generator().manual_seed(5))
    scenes, latents, blocks = given.scenes, given.latents, given.blocks
    assert scenes.shape == (12, 3, 16, 16)
    assert latents.shape == (12, 4, 2, 2)
    assert blocks.shape == (12, 3, 4, 4)
    in_cells = F.avg_pool2d((scenes + 1) * 127.5, 8)
    torch.testing.assert_close(in_cells[:, 0], latents[:, 0], atol=1e-3, rtol=0)
    torch.testing.assert_close(blocks[6:, 0, ::2, ::2], latents[6:, 0])
    torch.testing.assert_close(blocks[:6], F.avg_pool2d(scenes[:6], 4))
    assert len({float(one[0, 0, 0]) for one in latents}) > 1


def test_statistics_are_the_same_wherever_things_lie_and_differ_by_grain():
    generator = torch.Generator().manual_seed(2)
    maps = [torch.randn(3, 5, 8, 8, generator=generator)]
    torch.testing.assert_close(
        statistics_apart(maps, [maps[0].flip(-1)]), torch.zeros(3), atol=1e-5, rtol=0
    )
    smoother = statistics_apart(maps, [maps[0] / 2])
    expected = (maps[0].mean(dim=(2, 3)).abs() / 2 + deviation(maps[0]) / 2).mean(dim=1)
    torch.testing.assert_close(smoother, expected, atol=1e-4, rtol=0)


def test_even_maps_have_a_slope():
    even = torch.ones(1, 2, 4, 4, requires_grad=True)
    deviation(even).sum().backward()
    assert even.grad is not None
    assert torch.isfinite(even.grad).all()


def test_perception_is_even_over_channels_and_never_learns():
    pictures = torch.rand(6, 3, 64, 64, generator=torch.Generator().manual_seed(3)) * 2 - 1
    perception = Perception().fitted(pictures)
    maps = perception(pictures)
    assert [one.shape[-1] for one in maps] == [32, 32, 16, 8, 4]
    assert [one.shape[1] for one in maps] == perception.widths
    spread = torch.cat([one.std(dim=(0, 2, 3)) for one in maps])
    assert spread.max() <= 1.001
    assert spread.median() > 0.9
    assert not any(weight.requires_grad for weight in perception.parameters())


def test_a_painting_keeps_what_its_late_beginning_leaves(trained):
    """And is another one with other words."""
    unet, text = trained._painting()
    painter = repainting.Painter(unet, text, trained.results.autoencoder(), trained.empty)
    latents = torch.randn(2, 4, 4, 4, generator=torch.Generator().manual_seed(4))
    tokens = torch.from_numpy(trained.library.ids(["a red wall", "a mug"])).long()
    late, early = (painter.again(latents, tokens, RECIPE, seed=seed) for seed in (4, 0))
    assert (late - latents).square().mean() < (early - latents).square().mean()
    again = painter.again(latents, tokens, RECIPE, seed=4)
    torch.testing.assert_close(late, again)
    other = painter.again(latents, tokens.flip(0), RECIPE, seed=4)
    assert not torch.equal(late, other)


def test_samples_are_made_once_and_the_same_when_read_again(trained, monkeypatch):
    first = trained.texture_stage()._samples
    assert len(first.pictures) == RECIPE.texture_scenes
    assert 0 < len(first.painted) <= RECIPE.texture_painted
    assert len(first.coarse) == len(first.paintings) == len(first.painted)
    monkeypatch.setattr(repainting.Painter, "again", lambda *given: pytest.fail("painted again"))
    second = trained.texture_stage()._samples
    for name in ("pictures", "latents", "painted", "paintings", "coarse"):
        torch.testing.assert_close(getattr(first, name), getattr(second, name))


def test_a_stage_that_was_killed_goes_on_with_its_judges(tmp_path, trained):
    stage = trained.texture_stage()
    Loop(stage, Clock(steps=3), tmp_path, lambda text: None, sheets=False).run()
    other = trained.texture_stage()
    other.restore(torch.load(tmp_path / "texture" / "checkpoint.pt", weights_only=True)["stage"])
    assert _same(_weights(stage.judges), other.judges.state_dict())
    torch.testing.assert_close(stage.loss(3), other.loss(3))


def test_weights_that_are_there_get_another_decoder(tmp_path, trained):
    """By that stage alone, with nothing else changed."""
    written = trained.order.out / "nano"
    program = program_in(tmp_path, warm=written, stages=["texture"])
    program.run()
    folder = tmp_path / "nano"
    for name in (
        "unet/diffusion_pytorch_model",
        "text_encoder/model",
        "layout/diffusion_pytorch_model",
    ):
        ours, theirs = ((one / f"{name}.safetensors").read_bytes() for one in (folder, written))
        assert ours == theirs
    assert json.loads((folder / DIGESTS).read_text()) == digests(folder)
    before, after = trained.results.textured(), program.results.textured()
    assert _same(after.encoder.half().state_dict(), before.encoder.half().state_dict())
    assert not _same(after.decoder.half().state_dict(), before.decoder.half().state_dict())
    kind = type(after)
    read = kind.from_pretrained(folder / "vae", torch_dtype=torch.float16)
    assert _same(read.decoder.state_dict(), after.decoder.half().state_dict())


def test_what_is_written_has_the_last_decoder(trained):
    kind = type(trained.results.autoencoder())
    written = kind.from_pretrained(trained.order.out / "nano" / "vae", torch_dtype=torch.float16)
    last = trained.results.textured().half()
    assert _same(written.decoder.state_dict(), last.decoder.state_dict())
    first = trained.results.autoencoder().half()
    assert not _same(written.decoder.state_dict(), first.decoder.state_dict())


def test_there_is_no_texture_without_paintings(tmp_path):
    with pytest.raises(ValueError, match="needs paintings"):
        program_in(tmp_path, stages=["autoencoder", "texture"]).run()
    assert not (tmp_path / "autoencoder").exists()


def test_weights_are_written_without_a_texture_that_failed(tmp_path, monkeypatch):
    said = []
    program = program_in(tmp_path, steps=1)
    program.say = said.append
    monkeypatch.setattr(TextureStage, "loss", lambda self, step: 1 / 0)
    program.run()
    assert "ZeroDivisionError" in "".join(said)
    assert (tmp_path / "nano" / "vae").is_dir()


def test_its_sheet_shows_scenes_and_paintings(trained):
    width, height = Image.open(trained.order.out / "texture" / "sheet-100.jpg").size
    assert width > height > 2 * RECIPE.side
