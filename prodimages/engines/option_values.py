"""The options of a diffusion engine one by one: their names, and values that mean nothing."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from prodimages.engines.pipelines import FAMILIES
from prodimages.engines.presets import Preset

COMMIT = re.compile(r"[0-9a-f]{40}")
DTYPES = ("float32", "bfloat16", "float16")
CPUS = ("torch", "openvino", "openvino-int8")
GROWN_CHECKS = ("color", "cutout", "off")
ATTENTIONS = ("auto", "native", "cudnn", "efficient", "math", "flash", "sage", "xformers")
QUANTIZATIONS = ("", "fp8-storage", "fp8", "int8")
OFFLOADS = ("auto", "model", "group")
FOLLOWED = ("inpaint", "canny")
STEP_CACHES = ("first-block", "magnitude", "cache-dit")
DIGEST = re.compile(r"[0-9a-fA-F]{64}")

# Options that overrule a field of the preset, and of which type they are.
OVER_PRESET: dict[str, tuple[str, tuple[type, ...]]] = {
    "NAME": ("title", (str,)),
    "FAMILY": ("family", (str,)),
    "LICENSE": ("license", (str,)),
    "COMMERCIAL": ("commercial", (bool,)),
    "STEPS": ("steps", (int,)),
    "GUIDANCE": ("guidance", (int, float)),
    "STRENGTH": ("strength", (int, float)),
    "SIDES": ("sides", (list, tuple)),
    "DTYPE": ("dtype", (str,)),
    "DEVICE": ("device", (str,)),
    "LORA": ("lora", (str,)),
    "LORA_FILE": ("lora_file", (str,)),
    "TINY_VAE": ("tiny_vae", (str,)),
}
_OWN: dict[str, tuple[type, ...]] = {
    "PRESET": (str,),
    "PATH": (str, os.PathLike),
    "REVISIONS": (dict,),
    "SHA256": (dict,),
    "DOWNLOAD": (bool,),
    "MAX_BATCH": (int,),
    "MEMORY_GB": (int, float),
    "REFERENCES": (dict,),
    "IP_ADAPTER": (dict,),
    "CONTROLNET": (dict,),
    "GROWN_CHECK": (str,),
    "COMPILE": (bool,),
    "COMPILE_CACHE": (str, os.PathLike),
    "ATTENTION": (str,),
    "QUANTIZE": (str,),
    "GGUF": (dict,),
    "LORAS": (dict,),
    "STEP_CACHE": (int, float),
    "STEP_CACHE_KIND": (str,),
    "STEP_RATIOS": (list, tuple),
    "OFFLOAD": (str,),
    "WARM_UP": (bool,),
    "CPU": (str,),
}
KNOWN = frozenset(_OWN) | frozenset(OVER_PRESET)


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is wrong with the options, as a system check says it."""

    message: str
    hint: str
    id: str


def _types() -> dict[str, tuple[type, ...]]:
    return _OWN | {name: types for name, (_field, types) in OVER_PRESET.items()}


def has_its_type(name: str, value: object) -> bool:
    """True is an int to Python, but no number of steps."""
    wanted = _types().get(name, ())
    return isinstance(value, wanted) and (not isinstance(value, bool) or bool in wanted)


def mistyped(options: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in options.items():
        if name == "TRUST_REMOTE_CODE":
            yield Fault(
                "TRUST_REMOTE_CODE: code that comes with weights is never run.",
                "Use weights whose pipeline class is part of diffusers.",
                id="prodimages.E064",
            )
        elif name not in KNOWN:
            yield fault(f"There is no option {name}.", f"Known: {', '.join(sorted(KNOWN))}.")
        elif not has_its_type(name, value):
            wanted = " or ".join(type_.__name__ for type_ in _types()[name])
            yield fault(f"{name} is {value!r}.", f"It must be a value of type {wanted}.")


def values(preset: Preset, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Values of the right type that mean nothing."""
    if preset.family not in FAMILIES:
        yield Fault(
            f"There is no family “{preset.family}” of pipelines.",
            f"Set FAMILY to one of {', '.join(FAMILIES)}.",
            id="prodimages.E061",
        )
    if preset.dtype not in DTYPES:
        yield fault(f"DTYPE is “{preset.dtype}”.", f"It is one of {', '.join(DTYPES)}.")
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", preset.device):
        yield fault(f"DEVICE is “{preset.device}”.", "It is auto, cpu, cuda, cuda:1 or mps.")
    for name, value, least, most in (
        ("STEPS", preset.steps, 1, 150),
        ("GUIDANCE", preset.guidance, 0, 30),
        ("STRENGTH", preset.strength, 0.01, 1),
        ("MAX_BATCH", options.get("MAX_BATCH", 1), 1, 64),
        ("MEMORY_GB", options.get("MEMORY_GB", 1), 0.001, 4096),
        ("STEP_CACHE", options.get("STEP_CACHE", 0), 0, 1),
    ):
        if not least <= value <= most:
            yield fault(f"{name} is {value}.", f"It is a number from {least} to {most}.")
    sides = preset.sides
    if len(sides) != 2 or not all(isinstance(side, int) and 16 <= side <= 4096 for side in sides):
        yield fault(f"SIDES is {sides!r}.", "It is two numbers of pixels: at least, at most.")
    for name, known in (
        ("CPU", CPUS),
        ("GROWN_CHECK", GROWN_CHECKS),
        ("ATTENTION", ATTENTIONS),
        ("QUANTIZE", QUANTIZATIONS),
        ("OFFLOAD", OFFLOADS),
        ("STEP_CACHE_KIND", STEP_CACHES),
    ):
        if (given := options.get(name, known[0])) not in known:
            words = ", ".join(filter(None, known))
            yield fault(f"{name} is “{given}”.", f"It is one of {words}.")
    yield from _on_a_card(preset, options)


def _on_a_card(preset: Preset, options: Mapping[str, Any]) -> Iterator[Fault]:
    """What a processor gains nothing by, or can't do."""
    if preset.device != "cpu":
        return
    for name in ("COMPILE", "QUANTIZE"):
        if options.get(name):
            yield fault(
                f"{name} is set for a model that runs on the processor.",
                "It is for graphics cards; leave it out, or set DEVICE.",
            )


def fault(message: str, hint: str) -> Fault:
    return Fault(message, hint, id="prodimages.E060")
