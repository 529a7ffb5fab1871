"""What a pipeline is called with, as far as its class takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from prodimages.diffusion.brief import Brief
from prodimages.diffusion.inputs import as_input
from prodimages.diffusion.strength import exact_strength
from prodimages.engines.pipelines import PIPELINES, Traits
from prodimages.engines.weighted import plain


def arguments(briefs: Sequence[Brief], device: torch.device) -> dict[str, Any]:
    """Keyword arguments for the pictures of one call on ``device``, which share their settings.

    Each picture has a generator of its own, so that its neighbors don't change it, on the
    CPU, so that every device draws the same noise.
    """
    settings = briefs[0].settings
    traits = PIPELINES[settings.pipeline]
    given: dict[str, Any] = {
        "prompt": [_read(brief.prompt, traits) for brief in briefs],
        "num_inference_steps": settings.steps,
        traits.guidance: settings.guidance,
        "generator": [torch.Generator("cpu").manual_seed(brief.seed) for brief in briefs],
        "output_type": "pt",  # so that the card turns its own format into the picture's
    }
    if traits.size:
        given |= {"width": settings.width, "height": settings.height}
    if settings.hears_negative:
        given["negative_prompt"] = [
            _read(brief.request.negative_prompt, traits) for brief in briefs
        ]
    return given | _pictures(briefs, traits, device) | _of_class(settings.pipeline, settings.steps)


def _read(prompt: str, traits: Traits) -> str:
    """Without weights where the class would take them for words."""
    return prompt if traits.weights else plain(prompt)


def _pictures(briefs: Sequence[Brief], traits: Traits, device: torch.device) -> dict[str, Any]:
    settings = briefs[0].settings
    given: dict[str, Any] = {}
    images = [brief.image for brief in briefs if brief.image is not None]
    masks = [brief.mask for brief in briefs if brief.mask is not None]
    if images:
        given["image"] = as_input(images, device)
    if traits.mask:
        given["mask_image"] = as_input(masks, device)
    if traits.control:
        followed = np.stack([brief.control for brief in briefs if brief.control is not None])
        given[traits.control] = torch.from_numpy(followed).movedim(-1, 1).to(device)
        given["controlnet_conditioning_scale"] = settings.control_scale
    if traits.strength:
        given["strength"] = exact_strength(
            settings.kept_steps, settings.steps, floors=traits.floors
        )
    if settings.has_reference or settings.adapter_scale is not None:
        given |= _references(briefs, traits)
    return given


def _references(briefs: Sequence[Brief], traits: Traits) -> dict[str, Any]:
    if traits.reference == "image":  # the picture that is edited comes first, the others after
        return {"image": [briefs[0].image, *briefs[0].references]}
    if traits.reference:
        return {traits.reference: [brief.references[0] for brief in briefs]}
    # One adapter, and for it one picture a prompt.
    return {"ip_adapter_image": [[brief.references[0] for brief in briefs]]}


def _of_class(pipeline: str, steps: int) -> dict[str, Any]:
    """What single classes need beside."""
    if pipeline.startswith("PixArt"):
        return {"use_resolution_binning": False}  # sizes fit already
    if not pipeline.startswith("SanaSprint"):
        return {}
    # Sizes fit already here too; and its hint for the second step is for two steps only.
    return {"use_resolution_binning": False} | (
        {} if steps == 2 else {"intermediate_timesteps": None}
    )
