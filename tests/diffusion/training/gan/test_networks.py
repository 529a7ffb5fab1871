from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from prodimages.diffusion.training.gan.export import export
from prodimages.diffusion.training.gan.networks import Discriminator, Generator
from prodimages.diffusion.training.gan.players import Players, load_generator


def weights(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def restless(seed: int = 1) -> Generator:
    """A generator that draws something."""
    torch.manual_seed(seed)
    generator = Generator(channels=8, blocks=2)
    torch.nn.init.normal_(generator.tail.weight, std=0.1)
    return generator.eval()


def test_it_has_a_million_weights_and_no_batch_normalization():
    assert 0.9e6 < weights(Generator()) < 1.1e6
    kinds = {type(module) for module in Generator().modules()}
    assert torch.nn.BatchNorm2d not in kinds


def test_untrained_it_is_bicubic():
    photo = torch.rand(1, 3, 21, 30)
    with torch.no_grad():
        large = Generator(channels=8, blocks=1)(photo)
    assert large.shape == (1, 3, 42, 60)
    for band in range(3):
        image = Image.fromarray(photo[0, band].numpy())
        wanted = np.asarray(image.resize((60, 42), Image.Resampling.BICUBIC))
        inner = np.s_[4:-4, 4:-4]  # at the rim one repeats pixels and the other leaves them out
        assert np.abs(large[0, band].numpy() - wanted)[inner].max() < 1e-5


def test_it_learns():
    torch.manual_seed(2)
    generator = Generator(channels=8, blocks=1)
    photo, goal = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 16, 16)
    optimizer = torch.optim.Adam(generator.parameters(), lr=1e-2)
    told = []
    for _step in range(40):
        loss = (generator(photo) - goal).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        told.append(float(loss.detach()))
    assert told[-1] < 0.9 * told[0]


def test_the_discriminator_judges_patches_at_a_slope_of_one():
    torch.manual_seed(1)
    judging = Discriminator(channels=8)
    picture = torch.rand(2, 3, 64, 64)
    for _look in range(20):  # the norm is found by and by
        logits = judging(picture)
    assert logits.shape == (2, 1, 16, 16)
    for module in judging.layers:
        if isinstance(module, torch.nn.Conv2d):
            norm = torch.linalg.matrix_norm(module.weight.detach().flatten(1), ord=2)
            assert float(norm) == pytest.approx(1, abs=0.05)


def test_half_precision_gives_the_discriminator_gradients():
    judging = Discriminator(channels=8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = judging(torch.rand(2, 3, 32, 32))
    logits.float().mean().backward()
    assert all(parameter.grad is not None for parameter in judging.parameters())


@pytest.mark.parametrize("size", [(9, 14), (33, 20)])
def test_the_exported_file_draws_the_same(tmp_path, size):
    generator = restless()
    path = tmp_path / "network.onnx"
    digest = export(generator, path, about={"license": "none"})
    assert export(restless(), path, about={"license": "none"}) == digest
    assert export(restless(2), tmp_path / "other.onnx", about={"license": "none"}) != digest
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    photo = torch.rand(1, 3, *size)
    (drawn,) = session.run(None, {"photo": photo.numpy()})
    with torch.no_grad():
        assert np.abs(drawn - generator(photo).numpy()).max() < 5e-3


def test_between_two_generators_lie_others(tmp_path):
    players = Players(channels=8, blocks=1, seed=1, device=torch.device("cpu"))
    path = tmp_path / "weights.safetensors"
    players.save_weights(path)
    with pytest.raises(ValueError, match="no adversarial"):
        load_generator(path)
    before = load_generator(path, blend=0)
    players.let_discriminator_join()
    with torch.no_grad():
        for parameter in players.average.parameters():
            parameter += 0.5
    players.save_weights(path)
    after, between = load_generator(path), load_generator(path, blend=0.25)
    for start, end, part in zip(
        before.parameters(), after.parameters(), between.parameters(), strict=True
    ):
        torch.testing.assert_close(end - start, torch.full_like(start, 0.5), atol=2e-3, rtol=0)
        torch.testing.assert_close(part - start, torch.full_like(start, 0.125), atol=2e-3, rtol=0)
