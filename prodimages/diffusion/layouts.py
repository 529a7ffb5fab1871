"""Holds a picture to its layout: from which side light comes, and what else is unlike on the left
and on the right.

Some weights bring a second, small denoiser (the folder ``layout``), which paints the same words
a quarter as wide. Of what is coarse in the picture, the difference between left and right is
made that of the layout after each step, as Choi et al. do with all that is coarse ("ILVR",
2021). A model that paints 32 x 32 cells hears little of what lies under the noise of single
cells, as the side of a lamp does; of 8 x 8 a small one can learn it. Colors and forms stay the
picture's own, which for them listens better.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from PIL import Image
from torch import Tensor

from prodimages.engines.weighted import plain

FOLDER = "layout"
COARSER = 4
"""Times that a layout is narrower than the picture."""
STEPS = 8
_SHIFT = 1.0
"""Of the steps' noise; fewer cells need less of it."""
_FREE_STEPS = 1
"""At the end, in which the picture is settled by its own denoiser alone."""
_HELD_CHANNELS = 3
"""Of nano's latents: those that show colors. The fourth shows what is finer than a layout."""
_CELL = 8
"""Pixels of a latent cell."""

OnStep = Callable[[], Any]


def of_folder(folder: Path, dtype: torch.dtype) -> Any:
    """The small denoiser of the weights in ``folder``, if they have one."""
    if not (folder / FOLDER).is_dir():
        return None
    kind: Any = UNet2DConditionModel
    return kind.from_pretrained(
        folder / FOLDER, dtype=dtype, use_safetensors=True, local_files_only=True
    )


def beside(pipeline: Any, denoiser: Any) -> Any:
    """A pipeline of the same class and parts, but for its denoiser and its steps."""
    schedule = pipeline.scheduler
    parts = pipeline.components | {
        "unet": denoiser,
        "scheduler": type(schedule).from_config(schedule.config, flow_shift=_SHIFT),
    }
    small = type(pipeline)(**parts, requires_safety_checker=False)
    small.set_progress_bar_config(disable=True)
    return small


def heard(encoder: Any, tokens: Tensor) -> Tensor:
    """(n, L) token ids -> (n, 2 L, width): what the encoder makes of them, and the words as they
    come in. Its layers, which learned from what single noisy cells show, let *left* and *right*
    come out all but the same.
    """
    body = getattr(encoder, "text_model", encoder)
    states = encoder(input_ids=tokens, output_hidden_states=True)
    first = body.final_layer_norm(states.hidden_states[0])
    return torch.cat([states.last_hidden_state, first], dim=1)


def hear(pipeline: Any, prompts: Sequence[str]) -> Tensor:
    """(n, 2 L, width): ``heard``, of words, by the encoder of ``pipeline``."""
    tokenizer = pipeline.tokenizer
    tokens = tokenizer(
        [plain(prompt) for prompt in prompts],
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    ).input_ids
    return heard(pipeline.text_encoder, tokens.to(pipeline.text_encoder.device))


@dataclasses.dataclass(frozen=True)
class Layout:
    """What the pictures of one call hold to."""

    latents: Tensor
    """(n, c, rows, columns): a cell for each ``COARSER`` x ``COARSER`` of the picture's."""
    noise: Tensor
    """(n, c, h, w) that the pictures start from."""

    def held(self, scheduler: Any, step: int, latents: Tensor) -> Tensor:
        """``latents`` (n, c, h, w) after step number ``step``; left and right of them differ
        coarsely as those of the layout do.
        """
        if step + _FREE_STEPS >= len(scheduler.timesteps):
            return latents
        sigma = float(scheduler.sigmas[step + 1])
        size = self.latents.shape[-2], self.latents.shape[-1]
        wanted = (1 - sigma) * self.latents + sigma * F.adaptive_avg_pool2d(self.noise, size)
        missing = wanted - F.adaptive_avg_pool2d(latents, size)
        missing[:, _HELD_CHANNELS:] = 0
        uneven = (missing - missing.flip(-1)) / 2
        return latents + F.interpolate(uneven, size=latents.shape[-2:], mode="bilinear")


@torch.no_grad()
def drawn(
    small: Any,
    prompts: Sequence[str],
    seeds: Sequence[int],
    *,
    width: int,
    height: int,
    guidance: float,
    on_step: OnStep = lambda: None,
) -> Layout:
    """Layouts of pictures of ``width`` x ``height`` pixels, one a prompt and seed, by ``small``.

    ``on_step`` is called between its steps, and may raise to stop it.
    """
    size = _coarse(width), _coarse(height)
    given = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    pictures = small(
        prompt_embeds=hear(small, prompts).to(small.unet.dtype),
        negative_prompt_embeds=hear(small, [""] * len(prompts)).to(small.unet.dtype),
        image=[Image.new("RGB", size, (128, 128, 128))] * len(prompts),
        mask_image=[Image.new("L", size, 255)] * len(prompts),
        width=size[0],
        height=size[1],
        num_inference_steps=STEPS,
        strength=1.0,
        guidance_scale=guidance,
        generator=given,
        output_type="pt",
        callback_on_step_end=lambda *state: on_step() or {},
    ).images
    whole = F.interpolate(pictures, size=(height, width), mode="bicubic").clamp(0, 1)
    vae = small.vae
    latents = vae.encode(2 * whole - 1, return_dict=False)[0] * vae.config.scaling_factor
    cells = latents.shape[-2] // COARSER, latents.shape[-1] // COARSER
    return Layout(F.adaptive_avg_pool2d(latents, cells), _noise(latents, seeds))


def _coarse(pixels: int) -> int:
    """A side of the layout: whole cells."""
    return max(1, round(pixels / COARSER / _CELL)) * _CELL


def _noise(latents: Tensor, seeds: Sequence[int]) -> Tensor:
    """What the pipeline itself would draw first for each seed."""
    rows = [
        torch.randn((1, *latents.shape[1:]), generator=torch.Generator("cpu").manual_seed(seed))
        for seed in seeds
    ]
    return torch.cat(rows).to(latents.device, latents.dtype)
