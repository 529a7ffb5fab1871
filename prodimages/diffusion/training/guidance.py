"""Classifier-free guidance, and its scale as an input.

Sources: Ho and Salimans, "Classifier-Free Diffusion Guidance" (2022); Meng et al., "On
Distillation of Guided Diffusion Models" (2023); Kingma et al., "Variational Diffusion
Models" (2021) for the embedding of a number.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def guided(conditional: Tensor, unconditional: Tensor, scale: Tensor) -> Tensor:
    """u + w (c - u), with one scale w a sample; 1 is no guidance."""
    w = scale.reshape(-1, *[1] * (conditional.ndim - 1))
    return unconditional + w * (conditional - unconditional)


def embedding(scale: Tensor, width: int) -> Tensor:
    """(B,) scales -> (B, width) sines and cosines, as diffusers' pipelines feed them.

    They embed ``1000 (w - 1)`` at frequencies of 1 down to 1e-4.
    """
    half = width // 2
    frequencies = torch.exp(
        torch.arange(half, device=scale.device, dtype=torch.float32)
        * (-math.log(10000.0) / (half - 1))
    )
    angles = (scale.float() - 1)[:, None] * 1000 * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def without_captions(tokens: Tensor, empty: Tensor, share: float, draws: Tensor) -> Tensor:
    """(B, L) token ids, or the empty caption's (L,) where the draw is under ``share``."""
    return torch.where((draws < share)[:, None], empty, tokens)
