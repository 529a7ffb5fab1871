"""What grain pictures have, by filters that nothing was learned for: a second opinion beside
networks, since a decoder that learned from one could have learned to please it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

SCALES = (0.7, 1.4, 2.8, 5.6)
"""Pixels of the Gaussian's deviation across."""
_DIRECTIONS = 8
_LONGER = 2.0
"""The Gaussian is so much longer than wide."""
_BATCH = 16
_FAINT = 1e-3


def grain(pictures: np.ndarray) -> np.ndarray:
    """(n, H, W, 3) uint8 sRGB -> (n, 326) float32: of the logarithm of how strongly each first
    and second derivative of a Gaussian answers, mean, deviation and the means of the upper,
    middle and lower third (a bank after Leung and Malik 2001); and mean and deviation of colors.
    """
    found = []
    for start in range(0, len(pictures), _BATCH):
        some = torch.from_numpy(pictures[start : start + _BATCH]).permute(0, 3, 1, 2).float() / 255
        gray = some.mean(dim=1, keepdim=True)
        seen = [part for scale in SCALES for part in _answers(gray, scale)]
        seen += [some.mean(dim=(2, 3)), some.std(dim=(2, 3))]
        found.append(torch.cat(seen, dim=1))
    result: np.ndarray = torch.cat(found).numpy()
    return result


def _answers(gray: Tensor, scale: float) -> list[Tensor]:
    bank = _bank(scale)
    reach = bank.shape[-1] // 2
    around = F.pad(gray, (reach,) * 4, mode="reflect")
    strength = (F.conv2d(around, bank, stride=max(1, int(scale))).abs() + _FAINT).log()
    thirds = strength.tensor_split(3, dim=2)
    means = [one.mean(dim=(2, 3)) for one in (strength, *thirds)]
    return [*means, strength.std(dim=(2, 3))]


@lru_cache(maxsize=len(SCALES))
def _bank(scale: float) -> Tensor:
    """(2 directions, 1, k, k), each of mean 0 and absolute sum 1."""
    reach = int(3 * scale + 1)
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    made = []
    for number in range(_DIRECTIONS):
        angle = np.pi * number / _DIRECTIONS
        u = across * np.cos(angle) + down * np.sin(angle)
        v = down * np.cos(angle) - across * np.sin(angle)
        bell = np.exp(-(u**2 + (v / _LONGER) ** 2) / (2 * scale**2))
        for filter_ in (u * bell, (u**2 / scale**2 - 1) * bell):
            even = filter_ - filter_.mean()
            made.append(even / np.abs(even).sum())
    return torch.from_numpy(np.stack(made)[:, None]).float()
