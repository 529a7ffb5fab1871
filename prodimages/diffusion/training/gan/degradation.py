"""Makes of a sharp crop what a small product photo would show of it, on the batch's device.

Wang et al.: Real-ESRGAN (2021) worsen pictures by blur, scaling, noise and JPEG, twice over;
photos in a shop were scaled and compressed once, so this does each once, and milder. Blur
kernels are even or stretched Gaussians, as in Zhang et al.: Designing a Practical Degradation
Model for Deep Blind Image Super-Resolution (2021).
"""

from __future__ import annotations

import dataclasses
import math

import torch
from torch.nn import functional

from prodimages.diffusion.training.gan import jpeg
from prodimages.diffusion.training.gan.networks import SCALE

_BLUR = 11
"""Side of a blur kernel, in pixels of the crop."""
_TAPS = 12
"""Of the filters that scale down; even, as two pixels meet in the middle."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ranges:
    """From where each crop draws its own degradation, evenly unless it says otherwise."""

    sharp: float = 0.3
    """Share of crops without blur."""
    sigma: tuple[float, float] = (0.2, 1.3)
    """Of the blur, in pixels of the crop; each of the two axes for itself where stretched."""
    stretched: float = 0.3
    """Share of blurs that differ by direction."""
    clean: float = 0.4
    """Share of crops without noise."""
    noise: tuple[float, float] = (0.2, 4.0)
    """Standard deviation in levels of 255, at middle gray; half of it grows with light."""
    gray: float = 0.5
    """Share of noise that is the same in all bands."""
    uncompressed: float = 0.15
    """Share of crops that no JPEG has touched."""
    quality: tuple[float, float] = (68.0, 98.0)
    subsampled: float = 0.7
    """Share of JPEGs with color of half the pixels."""


def degraded(crops: torch.Tensor, ranges: Ranges, dice: torch.Generator) -> torch.Tensor:
    """(N, 3, H, W) in 0..1 -> (N, 3, H / 2, W / 2) in whole levels of 0..1; sides by 32."""
    count, device = len(crops), crops.device

    def drawn(low: float, high: float) -> torch.Tensor:
        return torch.rand(count, device=device, generator=dice) * (high - low) + low

    def chance(share: float) -> torch.Tensor:
        return torch.rand(count, device=device, generator=dice) < share

    first = drawn(*ranges.sigma)
    second = torch.where(chance(ranges.stretched), drawn(*ranges.sigma), first)
    kernels = blur_kernels(first, second, drawn(0, math.pi))
    kernels = torch.where(chance(ranges.sharp)[:, None, None], _identity(device), kernels)
    small = scaled_down(blurred(crops, kernels), _filters(device)[drawn(0, 4).long().clamp(max=3)])
    level = torch.where(chance(ranges.clean), 0.0, drawn(*ranges.noise)) / 255
    small = noisy(small.clamp(0, 1), level, chance(ranges.gray), dice)
    pressed = jpeg.compressed(small, drawn(*ranges.quality), chance(ranges.subsampled))
    untouched = chance(ranges.uncompressed)[:, None, None, None]
    return (torch.where(untouched, small, pressed) * 255).round() / 255


def blur_kernels(first: torch.Tensor, second: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """(N, 11, 11), each with sum 1: Gaussians of these sigmas along two axes at ``angle``."""
    places = torch.arange(_BLUR, device=first.device) - _BLUR // 2
    y, x = torch.meshgrid(places, places, indexing="ij")
    cos, sin = torch.cos(angle)[:, None, None], torch.sin(angle)[:, None, None]
    along, across = (x * cos + y * sin), (y * cos - x * sin)
    exponent = (along / first[:, None, None]) ** 2 + (across / second[:, None, None]) ** 2
    kernels = torch.exp(-exponent / 2)
    return kernels / kernels.sum(dim=(1, 2), keepdim=True)


def blurred(crops: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
    """Each crop by its own kernel, (N, K, K)."""
    count, bands, height, width = crops.shape
    padded = functional.pad(crops, [kernels.shape[-1] // 2] * 4, mode="reflect")
    planes = padded.reshape(1, count * bands, *padded.shape[-2:])
    weights = kernels.repeat_interleave(bands, dim=0)[:, None]
    result = functional.conv2d(planes, weights, groups=count * bands)
    return result.reshape(count, bands, height, width)


def scaled_down(crops: torch.Tensor, filters: torch.Tensor) -> torch.Tensor:
    """Half as many pixels each way, each crop by its own filter, (N, 12)."""
    count, bands, height, width = crops.shape
    margin = _TAPS // 2 - 1
    padded = functional.pad(crops, [margin] * 4, mode="reflect")
    planes = padded.reshape(1, count * bands, *padded.shape[-2:])
    weights = filters.repeat_interleave(bands, dim=0)
    for shape, stride in (((1, _TAPS), (1, SCALE)), ((_TAPS, 1), (SCALE, 1))):
        kernel = weights.reshape(-1, 1, *shape)
        planes = functional.conv2d(planes, kernel, stride=stride, groups=count * bands)
    return planes.reshape(count, bands, height // SCALE, width // SCALE)


def noisy(
    small: torch.Tensor, level: torch.Tensor, gray: torch.Tensor, dice: torch.Generator
) -> torch.Tensor:
    """With a sensor's noise: one part that is always there, one that grows with light."""
    grain = torch.randn(small.shape, device=small.device, generator=dice)
    grain = torch.where(gray[:, None, None, None], grain[:, :1], grain)
    deviation = level[:, None, None, None] * torch.sqrt(0.5 + small)
    return (small + grain * deviation).clamp(0, 1)


def _identity(device: torch.device) -> torch.Tensor:
    kernel = torch.zeros(_BLUR, _BLUR, device=device)
    kernel[_BLUR // 2, _BLUR // 2] = 1
    return kernel


def _filters(device: torch.device) -> torch.Tensor:
    """(4, 12), each with sum 1: area, triangle, cubic and Lanczos, stretched by two."""
    x = (torch.arange(_TAPS, device=device) - (_TAPS - 1) / 2).abs() / SCALE
    area = (x < 0.5).float()
    triangle = (1 - x).clamp(min=0)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    cubic = torch.where(x <= 1, near, torch.where(x < 2, far, 0.0))
    lanczos = torch.where(x < 3, torch.sinc(x) * torch.sinc(x / 3), 0.0)
    filters = torch.stack([area, triangle, cubic, lanczos])
    return filters / filters.sum(dim=1, keepdim=True)
