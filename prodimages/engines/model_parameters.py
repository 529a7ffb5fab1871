"""Which wishes a diffusion model can't serve: refused in words when a style is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import Task
from prodimages.engines.base import GenerationRequest
from prodimages.engines.canvas import CANVASES
from prodimages.engines.model_options import ModelOptions
from prodimages.engines.pipelines import traits_of

# name -> type, least, most
_RANGES: dict[str, tuple[type, float, float]] = {
    "steps": (int, 1, 150),
    "guidance": (float, 0, 30),
    "strength": (float, 0.01, 1),
    "retries": (int, 0, 4),
}
OWN = frozenset({*_RANGES, "canvas", "reference", "lora"})
LEAST_BLENDED_STEPS = 2
_ANEW = (Task.TEXT_TO_IMAGE, Task.TRY_ON)
"""Tasks that keep nothing of what they paint over."""


def parameter_problems(options: ModelOptions, given: Mapping[str, Any]) -> list[str]:
    """Words about parameters that don't exist or are out of range."""
    from prodimages.engines.studio.parameters import SceneParameters

    found = [*_out_of_range(given)]
    canvas = given.get("canvas", "studio")
    if canvas not in CANVASES:
        found.append(
            _("“canvas” is one of %(choices)s, not “%(value)s”.")
            % {"choices": ", ".join(CANVASES), "value": canvas}
        )
    for name in references_in(given):
        if name not in options.references:
            known = ", ".join(sorted(options.references)) or _("none")
            found.append(
                _("There is no reference picture “%(name)s”; declared are: %(known)s.")
                % {"name": name, "known": known}
            )
    if (lora := str(given.get("lora", ""))) and lora not in options.loras:
        known = ", ".join(sorted(options.loras)) or _("none")
        message = _("There is no LoRA “%(name)s”; declared are: %(known)s.")
        found.append(message % {"name": lora, "known": known})
    return [*found, *SceneParameters.parse(scene_parameters(given))[1]]


def references_in(given: Mapping[str, Any]) -> list[str]:
    """Names of the pictures that a style refers to: one, or a list of them."""
    value = given.get("reference")
    if not value:
        return []
    return [str(name) for name in value] if isinstance(value, list | tuple) else [str(value)]


def scene_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the studio's canvas reads."""
    return {name: value for name, value in given.items() if name not in OWN}


def _out_of_range(given: Mapping[str, Any]) -> list[str]:
    found = []
    for name, (kind, least, most) in _RANGES.items():
        value = given.get(name, least)
        fits = isinstance(value, int | kind) and not isinstance(value, bool)
        if not fits or not least <= value <= most:
            found.append(
                _("“%(name)s” is a number from %(least)s to %(most)s.")
                % {"name": name, "least": least, "most": most}
            )
    return found


def request_problems(options: ModelOptions, request: GenerationRequest) -> dict[str, list[str]]:
    """What of a whole wish the model can't serve, by field; empty when it can all."""
    problems: dict[str, list[str]] = {}
    if not request.prompt.strip():
        words = _("Say in the prompt what the picture shows; a model needs words.")
        problems["prompt"] = [words]
    if request.negative_prompt.strip() and (words := _deaf(options, request)):
        problems["negative_prompt"] = [words]
    if request.task in options.preset.tasks and (found := _task_problems(options, request)):
        problems["parameters"] = found
    return problems


def _deaf(options: ModelOptions, request: GenerationRequest) -> str:
    """Why no negative prompt is heard; empty where one is."""
    preset = options.preset
    if request.task not in preset.tasks:
        return ""
    if preset.distilled or not traits_of(preset.parts, request.task).negative:
        return _("%(model)s takes no negative prompt.") % {"model": preset.title}
    if request.parameters.get("guidance", preset.guidance) <= 1:
        return _("%(model)s hears a negative prompt only at a guidance over 1.") % {
            "model": preset.title
        }
    return ""


def _task_problems(options: ModelOptions, request: GenerationRequest) -> list[str]:
    preset, given = options.preset, request.parameters
    traits = traits_of(preset.parts, request.task)
    found = []
    if "strength" in given and (request.task in _ANEW or not traits.strength):
        found.append(_("“strength” means nothing here: the whole picture is painted anew."))
    found += _reference_problems(options, request)
    if request.task == Task.BACKGROUND and preset.parts.blended:
        found += _blended_problems(options, given)
    return found


def _reference_problems(options: ModelOptions, request: GenerationRequest) -> list[str]:
    count, most = len(references_in(request.parameters)), most_references(options, request.task)
    if count <= most:
        return []
    words = {"model": options.preset.title, "most": most, "count": count}
    if most == 0:
        return [_("%(model)s takes no reference picture for this task.") % words]
    message = _("%(model)s takes %(most)d reference pictures at most, and %(count)d are named.")
    return [message % words]


def most_references(options: ModelOptions, task: Task) -> int:
    """How many pictures a style may refer to."""
    if task == Task.TRY_ON:  # the garment is its reference
        return 0
    traits = traits_of(options.preset.parts, task)
    return traits.references or int(traits.ip_adapter and bool(options.ip_adapter))


def _blended_problems(options: ModelOptions, given: Mapping[str, Any]) -> list[str]:
    """Where the denoiser never sees the mask, few steps need a canvas that fits already."""
    steps = int(given.get("steps", options.preset.steps))
    kept = effective_steps(steps, float(given.get("strength", options.preset.strength)))
    if kept < LEAST_BLENDED_STEPS:
        return [
            _("This model needs %(least)d steps to blend in; strength and steps leave %(kept)d.")
            % {"least": LEAST_BLENDED_STEPS, "kept": kept}
        ]
    if steps <= 4 and given.get("canvas", "studio") != "studio":
        return [_("A model of few steps paints around a product from the studio's canvas only.")]
    return []


def effective_steps(steps: int, strength: float) -> int:
    """Whole steps that a strength (0..1) stands for: at least one, all of them only at 1."""
    if strength >= 1:
        return steps
    return max(1, min(round(steps * strength), steps - 1))
