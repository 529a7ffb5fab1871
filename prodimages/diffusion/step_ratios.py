"""Measures on this machine what the step cache of the kind ``magnitude`` has to know of a model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import cycle

from prodimages.choices import Task
from prodimages.diffusion import step_cache
from prodimages.diffusion.openvino.calibration import PROMPTS
from prodimages.diffusion.painter import Painter
from prodimages.diffusion.residency import of_this_process
from prodimages.diffusion.warming import trial
from prodimages.engines.base import GenerationRequest
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure

PICTURES = 8
"""The factors of published models hardly differ from prompt to prompt (Ma et al. 2025)."""


def step_ratios(
    options: ModelOptions, on_one: Callable[[], None], count: int = PICTURES
) -> list[float]:
    """A factor for each step of the preset, from ``count`` pictures of different prompts.

    Raises JobFailure where one can't be painted, or where the model can't skip steps.
    """
    plain = dataclasses.replace(options, step_cache=0.0, compile=False)
    with of_this_process.use(plain) as model:
        denoiser = model.denoiser

    def paint() -> None:
        for seed, prompt in zip(range(count), cycle(PROMPTS), strict=False):
            _paint(plain, prompt, seed)
            on_one()

    return step_cache.measured(denoiser, plain.preset.steps, paint)


def _paint(options: ModelOptions, prompt: str, seed: int) -> None:
    request: GenerationRequest = dataclasses.replace(trial(options), prompt=prompt, seed=seed)
    if Task.TEXT_TO_IMAGE in options.preset.tasks:  # from noise, so that all steps are run
        request = dataclasses.replace(request, task=Task.TEXT_TO_IMAGE, product=None)
    (made,) = Painter(options).paint(
        [request], on_progress=lambda done: None, is_canceled=lambda: False
    )
    if isinstance(made, JobFailure):
        raise made
