"""One picture that a model is to paint, in the terms of a pipeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from prodimages.engines.base import GenerationRequest
from prodimages.engines.model_options import ModelOptions


class Served(Protocol):
    """What the tasks need of a model: briefs are written while another batch has it."""

    @property
    def options(self) -> ModelOptions: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What all pictures of one call share."""

    pipeline: str
    """Class of diffusers."""
    width: int
    height: int
    """Size at which the model paints, in pixels."""
    steps: int
    guidance: float
    kept_steps: int
    """Steps that are run; fewer than ``steps`` keep something of the picture they start from."""
    has_reference: bool = False
    adapter_scale: float | None = None
    """How much an IP-Adapter counts, 0..1; None where none is loaded."""
    control_scale: float = 1.0
    """How much a ControlNet counts, 0..2, where the pipeline has one."""
    alone: bool = False
    """Whether the pipeline takes one picture a call when called like this."""
    hears_negative: bool = False
    laid_out: bool = False
    """Whether nothing is given but words, so that a layout comes first where there is one."""
    shaded: bool = False
    """Whether a product stands on what is painted, and throws its shadow where there is one."""
    lora: str = ""
    """Name of the option ``LORAS``; empty for none."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Brief:
    request: GenerationRequest
    settings: Settings
    prompt: str
    """What the model reads; an editor's instruction says more than the request does."""
    image: Image.Image | None = None
    """What it starts from, in the painted size."""
    mask: Image.Image | None = None
    """8 bits, in the painted size: white is painted, black is kept."""
    control: np.ndarray | None = None
    """(height, width, 3) float32 in the painted size: what a ControlNet follows."""
    references: Sequence[Image.Image] = ()
    draft: np.ndarray | None = None
    """(H, W, 3) float32 0..1: the scene without its product, in the picture's size."""
    keep: np.ndarray | None = None
    """(H, W) bool: what the model does not paint, in the picture's size."""
    seed: int = 0
    """Of this try; the request's own at first."""

    def with_seed(self, seed: int) -> Brief:
        return dataclasses.replace(self, seed=seed)
