"""How far the grain of pictures is from that of scenes, by what a network sees in both."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

_WIDTH = 64


def judge(channels: int) -> nn.Module:
    """Maps (B, channels, h, w) -> logits (B, 1, h, w): whether they are of a scene. Its slopes
    are held by spectral norms (Miyato et al. 2018).
    """
    steps: list[nn.Module] = []
    for wide, kernel in ((channels, 1), (_WIDTH, 3), (_WIDTH, 3)):
        steps += [
            spectral_norm(nn.Conv2d(wide, _WIDTH, kernel, padding=kernel // 2)),
            nn.LeakyReLU(0.2),
        ]
    return nn.Sequential(*steps, spectral_norm(nn.Conv2d(_WIDTH, 1, 1)))


def statistics_apart(ours: list[Tensor], theirs: list[Tensor]) -> Tensor:
    """(B,): mean difference of the mean and of the deviation of maps (B, C, h, w), over all
    channels and depths.
    """
    apart = [
        (a.mean(dim=(2, 3)) - b.mean(dim=(2, 3))).abs() + (deviation(a) - deviation(b)).abs()
        for a, b in zip(ours, theirs, strict=True)
    ]
    return mean([one.mean(dim=1) for one in apart])


def deviation(maps: Tensor) -> Tensor:
    """(B, C, h, w) -> (B, C); of even maps 0, with a slope that is finite."""
    return (maps.var(dim=(2, 3), correction=0) + 1e-6).sqrt()


def mean(values: list[Tensor]) -> Tensor:
    return torch.stack(values).mean(dim=0)
