"""The forward process and what the denoiser learns: rectified flow.

Sources: Liu et al., "Flow Straight and Fast" (2022); Lipman et al., "Flow Matching for
Generative Modeling" (2022); for the times, Esser et al., "Scaling Rectified Flow
Transformers" (2024).
"""

from __future__ import annotations

import torch
from torch import Tensor

TIMESTEPS = 1000
"""What the denoiser is told is the time in 0..1 times this, as the scheduler does."""
LATEST = 0.999
"""Where the sampler starts; at 1 itself nothing of the picture is left."""


def noised(clean: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """x_t = (1 - t) x_0 + t e, with (B, ...) latents, noise of variance 1 and (B,) times."""
    t = time.reshape(-1, *[1] * (clean.ndim - 1))
    return (1 - t) * clean + t * noise


def velocity(clean: Tensor, noise: Tensor) -> Tensor:
    """dx_t / dt = e - x_0: the target of the prediction."""
    return noise - clean


def clean_from(noisy: Tensor, predicted: Tensor, time: Tensor) -> Tensor:
    """x_0 = x_t - t v."""
    return noisy - time.reshape(-1, *[1] * (noisy.ndim - 1)) * predicted


def shifted(time: Tensor, shift: float) -> Tensor:
    """s t / (1 + (s - 1) t): more of the way at high noise (Esser et al. 2024, equation 23).

    Scenes are smooth: the color of a wall shows through noise that hides everything else, so
    that it is decided in the first hundredth of an unshifted way, which few samples would teach.
    """
    return shift * time / (1 + (shift - 1) * time)


def draw_times(
    count: int, generator: torch.Generator, *, uniform: float, shift: float, device: torch.device
) -> Tensor:
    """(count,) in 0..0.999: logit-normal (0, 1), which favors the middle of the way, ``shifted``
    to where colors are decided, and a share ``uniform`` evenly, so that the ends are learned too:
    grain and edges come last.
    """
    normal = torch.randn(count, generator=generator, device=device)
    evenly = torch.rand(count, generator=generator, device=device)
    which = torch.rand(count, generator=generator, device=device) < uniform
    return torch.where(which, evenly, shifted(normal.sigmoid(), shift)) * LATEST


def flow_loss(predicted: Tensor, clean: Tensor, noise: Tensor) -> Tensor:
    """Mean square of the error, a scalar in 32 bits."""
    return (predicted.float() - velocity(clean, noise)).square().mean()
