from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image

from prodimages.diffusion.training.gan import jpeg
from prodimages.diffusion.training.gan.degradation import (
    Ranges,
    _filters,
    blur_kernels,
    degraded,
    noisy,
    scaled_down,
)

NOTHING = Ranges(sharp=1, clean=1, uncompressed=1)


def dice(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def smooth(count: int = 1, side: int = 64) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(side) / side, torch.arange(side) / side, indexing="ij")
    bands = [0.5 + 0.3 * torch.sin(5 * x), 0.5 + 0.3 * torch.cos(4 * y), 0.2 + 0.5 * x * y]
    return torch.stack(bands).repeat(count, 1, 1, 1)


def test_half_the_size_in_whole_levels():
    small = degraded(torch.rand(6, 3, 64, 96), Ranges(), dice())
    assert small.shape == (6, 3, 32, 48)
    assert small.min() >= 0
    assert small.max() <= 1
    torch.testing.assert_close(small * 255, (small * 255).round(), atol=1e-4, rtol=0)


def test_the_same_dice_give_the_same_pictures():
    crops = torch.rand(4, 3, 32, 32, generator=dice(2))
    first, again, other = (degraded(crops, Ranges(), dice(seed)) for seed in (1, 1, 3))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_without_anything_it_only_scales():
    gray = torch.full((3, 3, 32, 32), 100 / 255)
    assert torch.equal(degraded(gray, NOTHING, dice()), gray[..., ::2, ::2])
    crops = smooth(8)
    small = degraded(crops, NOTHING, dice())
    assert float((small - torch.nn.functional.avg_pool2d(crops, 2)).abs().max()) < 0.02


def test_every_filter_keeps_means_and_slopes():
    filters = _filters(torch.device("cpu"))
    torch.testing.assert_close(filters.sum(dim=1), torch.ones(4))
    ramp = (torch.arange(64.0) / 64).expand(4, 3, 64, 64).contiguous()
    small = scaled_down(ramp, filters)[..., 6:-6]
    torch.testing.assert_close(small, ((torch.arange(32.0) * 2 + 0.5) / 64)[6:-6].expand_as(small))


def test_blur_is_even_or_stretched_along_its_angle():
    sigma = torch.tensor([0.2, 1.2, 1.2, 1.2])
    across = torch.tensor([0.2, 1.2, 0.4, 0.4])
    kernels = blur_kernels(sigma, across, torch.tensor([0.0, 0.0, 0.0, math.pi / 2]))
    torch.testing.assert_close(kernels.sum(dim=(1, 2)), torch.ones(4))
    assert kernels[0, 5, 5] > 0.99
    torch.testing.assert_close(kernels[1], kernels[1].T)
    places = torch.arange(-5.0, 6.0) ** 2
    wide, high = (kernels[2].sum(dim=axis) @ places for axis in (0, 1))
    assert float(wide.sqrt()) == pytest.approx(1.2, abs=0.05)
    assert float(high.sqrt()) == pytest.approx(0.4, abs=0.15)
    torch.testing.assert_close(kernels[3], kernels[2].T, atol=1e-5, rtol=0)


def test_noise_has_the_level_that_was_asked_for():
    gray = torch.full((2, 3, 128, 128), 0.5)
    level = torch.tensor([0.0, 4.0]) / 255
    result = noisy(gray, level, torch.tensor([False, False]), dice())
    assert torch.equal(result[0], gray[0])
    assert float((result[1] - gray[1]).std()) * 255 == pytest.approx(4.0, rel=0.05)
    same = noisy(gray, level, torch.tensor([True, True]), dice())
    assert torch.equal(same[1, 0], same[1, 2])


@pytest.mark.parametrize("quality", [60, 75, 90])
@pytest.mark.parametrize("subsampled", [False, True])
def test_jpeg_is_that_of_a_real_encoder(quality, subsampled):
    rng = np.random.default_rng(4)
    rgb = smooth(side=64)[0] + torch.from_numpy(rng.normal(0, 0.05, (1, 64, 64))).float()
    levels = (rgb.clamp(0, 1) * 255).round()
    pixels = levels.permute(1, 2, 0).byte().numpy()
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=2 if subsampled else 0)
    real = np.asarray(Image.open(out), np.float32)
    ours = jpeg.compressed(
        (levels / 255)[None], torch.tensor([float(quality)]), torch.tensor([subsampled])
    )
    difference = ours[0].permute(1, 2, 0).numpy() * 255 - real
    lost = pixels - real
    assert np.abs(difference).mean() < 0.15 * np.abs(lost).mean() + 0.5
    assert np.abs(lost).mean() > 1


def test_each_picture_has_its_own_quality():
    crops = torch.rand(2, 3, 32, 32, generator=dice())
    result = jpeg.compressed(crops, torch.tensor([10.0, 98.0]), torch.tensor([False, False]))
    errors = (result - crops).abs().mean(dim=(1, 2, 3))
    assert errors[0] > 5 * errors[1]
