"""Noise that is the same in every number format.

Torch 2.11, and many before it, draw normal numbers on a processor in the format that is asked
for: in bfloat16 of 256 radii up to 3.33, and from one seed another picture in each format
(https://github.com/pytorch/pytorch/issues/166853). Drawn in float32 and rounded after, as here,
a seed means the same on a processor and on a card, in 16 bits and after a retry in 32.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from diffusers.models.autoencoders import vae as latent_distributions
from diffusers.utils import torch_utils

_AT_LEAST = torch.float32
_draw = torch_utils.randn_tensor


def randn_tensor(
    shape: Any,
    generator: Any = None,
    device: Any = None,
    dtype: torch.dtype | None = None,
    layout: Any = None,
) -> torch.Tensor:
    """In the place of the function of diffusers that has this name."""
    wanted = torch.get_default_dtype() if dtype is None else dtype
    drawn: torch.Tensor = _draw(
        shape, generator, device, torch.promote_types(wanted, _AT_LEAST), layout
    )
    return drawn.to(wanted)


def draw_in_full(pipeline: Any) -> None:
    """Let ``pipeline``, its scheduler and its decoder draw so, and with them all of their class.

    Pipelines take no noise, only latents of a layout that is each class's own; so the function
    is replaced in the modules that have it by name.
    """
    parts = (pipeline, pipeline.scheduler, getattr(pipeline, "vae", None))
    classes = {kind for part in parts for kind in type(part).__mro__}
    modules = {sys.modules[kind.__module__] for kind in classes} | {latent_distributions}
    for module in modules:
        if getattr(module, "randn_tensor", None) is _draw:
            module.randn_tensor = randn_tensor  # type: ignore[attr-defined]
