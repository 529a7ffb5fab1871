"""Which options of a diffusion engine do not go together, with their preset or with the site."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prodimages.conf import settings
from prodimages.engines.option_values import COMMIT, DIGEST, FOLLOWED, Fault, fault
from prodimages.engines.pipelines import FAMILIES
from prodimages.engines.presets import FORBIDDEN, PRESETS

if TYPE_CHECKING:
    from prodimages.engines.model_options import ModelOptions


def faults_together(read: ModelOptions) -> Iterator[Fault]:
    for look in (_pins, _license, _on_cpu, _unfit, _files, _steps, _controlnet):
        yield from look(read)


def unknown_preset(name: str) -> Fault:
    if name in FORBIDDEN:
        message = f"{FORBIDDEN[name]} may not be used commercially, and no preset runs it."
    else:
        message = f"There is no preset “{name}”." if name else "No PRESET is named."
    hint = f"The presets are {', '.join(PRESETS)}."
    return Fault(message, hint, id="prodimages.E061")


def _pins(read: ModelOptions) -> Iterator[Fault]:
    """Weights that somebody else could change under the same name are not loaded."""
    if not (read.path or read.preset.hub_id or read.preset.shipped):
        yield Fault(
            f"The preset “{read.preset_name}” needs a PATH.",
            "Name the folder that save_pretrained() wrote.",
            id="prodimages.E062",
        )
    for repository in read.preset.repositories:
        if repository == read.preset.hub_id and read.path:
            continue
        if not COMMIT.fullmatch(str(read.revisions.get(repository, ""))):
            yield Fault(
                f"No revision of “{repository}” is pinned.",
                f"Look at the commits of https://huggingface.co/{repository} and set REVISIONS = "
                f'{{"{repository}": "<40 hexadecimal digits>"}}.',
                id="prodimages.E062",
            )


def _unfit(read: ModelOptions) -> Iterator[Fault]:
    """What nobody made for the weights that ship with the package."""
    if read.preset.shipped and not read.path:
        for name, given in (*_added(read), ("GGUF", read.gguf)):
            if given:
                yield fault(f"{name} does not fit {read.preset.title}.", "Leave it out.")


def _added(read: ModelOptions) -> tuple[tuple[str, object], ...]:
    """What changes a model's own weights, by the option's name."""
    return (("LORA", read.preset.lora), ("LORAS", read.loras), ("IP_ADAPTER", read.ip_adapter))


def _files(read: ModelOptions) -> Iterator[Fault]:
    """Single files of weights, each held to a digest; and what those do not go with."""
    files: list[tuple[str, object, str]] = [
        (f"LORAS “{name}”", given, ".safetensors") for name, given in read.loras.items()
    ]
    if read.gguf:
        files.append(("GGUF", read.gguf, ".gguf"))
    for name, given, suffix in files:
        if not _has_digest(given, suffix):
            yield Fault(
                f"{name} names no file {suffix} with its digest.",
                f'Set it to {{"PATH": "…{suffix}", "SHA256": "<64 hexadecimal digits>"}}.',
                id="prodimages.E062",
            )
    taken = [name for name in ("GGUF", "QUANTIZE", "LORAS") if getattr(read, name.lower())]
    for name in taken[1:]:
        yield fault(f"{name} and {taken[0]} do not go together.", "Leave one of them out.")


def _has_digest(given: object, suffix: str) -> bool:
    if not isinstance(given, Mapping):
        return False
    path, digest = os.fspath(given.get("PATH", "")), str(given.get("SHA256", ""))
    return path.endswith(suffix) and bool(DIGEST.fullmatch(digest))


def _steps(read: ModelOptions) -> Iterator[Fault]:
    if not read.step_cache or read.step_cache_kind != "magnitude":
        return
    numbers = [isinstance(one, int | float) and 0 < one < 100 for one in read.step_ratios]
    if not numbers or not all(numbers):
        yield fault(
            "STEP_CACHE_KIND is “magnitude”, but STEP_RATIOS names no factors.",
            "Set it to the list that “prodimages_models steps” prints for this model.",
        )


def _controlnet(read: ModelOptions) -> Iterator[Fault]:
    given, family = read.controlnet, read.preset.family
    if not given or not read.preset.parts.follows:
        if given:
            able = ", ".join(name for name, known in FAMILIES.items() if known.follows)
            yield fault(f"CONTROLNET does not fit the family “{family}”.", f"It is for {able}.")
        elif read.preset.parts.follows:
            yield fault(
                f"The family “{family}” needs a CONTROLNET.",
                'Set it to {"PATH": "<folder>", "FOLLOWS": "inpaint"}, or choose another FAMILY.',
            )
        return
    if unknown := set(given) - {"PATH", "FOLLOWS", "SCALE"}:
        yield fault(f"CONTROLNET has no {min(unknown)}.", "It has PATH, FOLLOWS and SCALE.")
    if not isinstance(given.get("PATH"), str | os.PathLike):
        yield fault("CONTROLNET names no PATH.", "Name the folder of its config.json and weights.")
    if given.get("FOLLOWS") not in FOLLOWED:
        words = " or ".join(FOLLOWED)
        yield fault(
            f"CONTROLNET follows {given.get('FOLLOWS')!r}.",
            f"Set FOLLOWS to what its weights were taught to follow: {words}.",
        )
    scale = given.get("SCALE", 1)
    if not isinstance(scale, int | float) or isinstance(scale, bool) or not 0 <= scale <= 2:
        yield fault(f"The SCALE of CONTROLNET is {scale!r}.", "It is a number from 0 to 2.")


def _on_cpu(read: ModelOptions) -> Iterator[Fault]:
    """What OpenVINO can't run."""
    if not read.cpu.startswith("openvino"):
        return
    preset = read.preset
    if preset.device != "cpu":
        yield fault(
            f"CPU is “{read.cpu}”, but DEVICE is “{preset.device}”.", 'Set DEVICE = "cpu" too.'
        )
    if not preset.parts.openvino:
        able = ", ".join(name for name, family in FAMILIES.items() if family.openvino)
        yield fault(
            f"OpenVINO does not run the family “{preset.family}” here.",
            f'It runs {able}; set CPU = "torch" for others.',
        )
    for name, given in (*_added(read), ("GGUF", read.gguf)):
        if given:
            yield fault(
                f"{name} and OpenVINO do not go together.",
                'Fuse a LoRA into the weights and save them, or set CPU = "torch".',
            )


def _license(read: ModelOptions) -> Iterator[Fault]:
    preset = read.preset
    if not preset.license:
        yield Fault(
            "The license of the weights is not stated.",
            "Set LICENSE to its name, and COMMERCIAL to whether it permits commercial use.",
            id="prodimages.E063",
        )
    elif settings.COMMERCIAL and not preset.commercial:
        yield Fault(
            f"The license of {preset.title} ({preset.license}) does not permit commercial use.",
            "Choose another preset, or, where no pictures are used commercially, set "
            'PRODIMAGES["COMMERCIAL"] = False.',
            id="prodimages.E063",
        )
