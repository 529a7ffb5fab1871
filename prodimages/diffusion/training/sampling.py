"""Pictures from noise, as the pipeline makes them, for sheets while training runs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from prodimages.diffusion.training import parts
from prodimages.diffusion.training.chapters import Latents
from prodimages.diffusion.training.devices import autocast
from prodimages.diffusion.training.guidance import embedding, guided


@torch.no_grad()
def sample(
    unet: Any,
    text: Any,
    given: Latents,
    empty: Tensor,
    *,
    scale: float,
    steps: int,
    seed: int,
    begin: int = 0,
) -> Tensor:
    """Latents like ``given.clean``, of its masks, what they leave to be seen, and its tokens;
    ``begin`` steps are left out, and the noise mixed with ``given.clean`` as they would have.

    ``empty``: (L,) tokens of no words. A denoiser that takes the scale as an input runs once
    a step, any other twice.
    """
    device = given.mask.device
    scheduler = parts.scheduler()
    scheduler.set_timesteps(steps, device=device)
    # On the CPU, so that every device draws the same noise.
    noise = torch.randn(given.clean.shape, generator=torch.Generator().manual_seed(seed))
    scheduler.set_begin_index(begin)
    left = float(scheduler.sigmas[begin]) if begin else 1.0
    latents = (1 - left) * given.clean + left * noise.to(device)
    scales = torch.full((len(latents),), scale, device=device)
    with autocast(device):
        words = text(input_ids=given.tokens)[0]
        no_words = text(input_ids=empty[None])[0].expand_as(words)
    width = unet.config.time_cond_proj_dim
    condition = embedding(scales, width) if width else None
    for time in scheduler.timesteps[begin:]:
        entered = torch.cat([latents, given.mask, given.seen], dim=1)
        with autocast(device):
            predicted = unet(
                entered, time, encoder_hidden_states=words, timestep_cond=condition
            ).sample.float()
            if width is None and scale != 1:
                without = unet(entered, time, encoder_hidden_states=no_words).sample.float()
                predicted = guided(predicted, without, scales)
        latents = scheduler.step(predicted, time, latents).prev_sample
    return latents


@torch.no_grad()
def decoded(autoencoder: Any, latents: Tensor) -> Tensor:
    """(B, 3, S, S), about -1..1."""
    pictures: Tensor = autoencoder.decoder(latents / autoencoder.config.scaling_factor)
    return pictures
