"""What the tasks have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import SourceType, Task
from prodimages.diffusion.brief import Brief, Served, Settings
from prodimages.diffusion.references import read_reference
from prodimages.diffusion.sizes import painted_size
from prodimages.engines.base import GenerationRequest
from prodimages.engines.model_parameters import effective_steps, references_in
from prodimages.engines.pipelines import Traits, traits_of

REFERENCE_SCALE = 0.6
"""How much an IP-Adapter's picture counts beside the prompt."""


class PaintTask(ABC):
    """Turns a request into a brief for the model, and the model's picture into the result."""

    source_type: ClassVar[SourceType]

    @abstractmethod
    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        """Raises JobFailure in words when the request can't be painted."""

    def fault(self, brief: Brief, picture: np.ndarray, model: Served) -> float:
        """0 for a good picture; the higher, the worse; from ``BROKEN`` on it is of no use."""
        return 0.0

    def broken(self) -> str:
        """Words for staff when no seed gave a picture of any use."""
        return _("The model moved the product; another seed or a simpler prompt may help.")

    def finished(self, brief: Brief, picture: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 0..1 in the picture's size: what goes under the product."""
        return picture


BROKEN = 1.0


def settings_for(request: GenerationRequest, model: Served, *, keeps: bool) -> Settings:
    """``keeps``: whether the strength counts, or everything is painted from noise."""
    preset, given = model.options.preset, request.parameters
    traits = traits_of(preset.parts, request.task)
    width, height = painted_size(request.width, request.height, preset)
    steps = int(given.get("steps", preset.steps))
    guidance = float(given.get("guidance", preset.guidance))
    strength = float(given.get("strength", _default_strength(request, model))) if keeps else 1.0
    adapter = bool(model.options.ip_adapter) and traits.ip_adapter
    named = bool(references_in(given))
    return Settings(
        pipeline=preset.tasks[request.task],
        width=width,
        height=height,
        steps=steps,
        guidance=guidance,
        kept_steps=effective_steps(steps, strength),
        has_reference=named,
        hears_negative=traits.negative and guidance > 1 and not preset.distilled,
        lora=str(given.get("lora", "")),
        control_scale=float(model.options.controlnet.get("SCALE", 1.0)),
        adapter_scale=(REFERENCE_SCALE if named else 0.0) if adapter else None,
        # Where nothing is heard between steps, a cancel is at least heard between pictures.
        alone=adapter or traits.reference == "image" or not traits.callback,
    )


def _default_strength(request: GenerationRequest, model: Served) -> float:
    return RESTYLE_STRENGTH if request.task == Task.RESTYLE else model.options.preset.strength


RESTYLE_STRENGTH = 0.6


def references_for(request: GenerationRequest, model: Served) -> tuple[Image.Image, ...]:
    """The style's references; a gray one where an adapter wants one though none is named."""
    if names := references_in(request.parameters):
        return tuple(read_reference(str(model.options.references[name])) for name in names)
    traits = traits_of(model.options.preset.parts, request.task)
    if model.options.ip_adapter and traits.ip_adapter:
        return (plain((224, 224)),)
    return ()


def traits_for(request: GenerationRequest, model: Served) -> Traits:
    return traits_of(model.options.preset.parts, request.task)


def plain(size: tuple[int, int]) -> Image.Image:
    """Middle gray, for a pipeline that wants a picture where there is none."""
    return Image.new("RGB", size, (128, 128, 128))


def white(size: tuple[int, int]) -> Image.Image:
    """A mask that lets everything be painted."""
    return Image.new("L", size, 255)
