"""What the settings say of a diffusion engine: read once, and refused in words when wrong.

Free of torch: web processes read it to plan and to check.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Self

from prodimages.conf import settings
from prodimages.engines.pipelines import FAMILIES
from prodimages.engines.presets import FORBIDDEN, PRESETS, Preset

COMMIT = re.compile(r"[0-9a-f]{40}")
DTYPES = ("float32", "bfloat16", "float16")
CPUS = ("torch", "openvino", "openvino-int8")
GROWN_CHECKS = ("color", "cutout", "off")
ATTENTIONS = ("auto", "native", "cudnn", "efficient", "math", "flash", "sage", "xformers")
QUANTIZATIONS = ("", "fp8-storage", "fp8", "int8")
OFFLOADS = ("auto", "model", "group")
STEP_CACHES = ("first-block", "magnitude", "cache-dit")
DIGEST = re.compile(r"[0-9a-fA-F]{64}")

# Options that overrule a field of the preset, and of which type they are.
_OVER_PRESET: dict[str, tuple[str, tuple[type, ...]]] = {
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
KNOWN = frozenset(_OWN) | frozenset(_OVER_PRESET)


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is wrong with the options, as a system check says it."""

    message: str
    hint: str
    id: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """``OPTIONS`` of a diffusion engine, over its preset."""

    preset_name: str
    preset: Preset
    path: str = ""
    """A local folder with the weights, instead of the hub's cache."""
    revisions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Repository -> commit of 40 hexadecimal digits."""
    digests: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """File in ``path`` -> SHA-256 that it must have."""
    download: bool = False
    """Whether a worker may fetch what is missing; else it only looks on the machine."""
    max_batch: int = 1
    memory_gb: float | None = None
    """What the weights of all models of a process may take; None for what the device has."""
    references: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Name -> picture file that a style may name as its reference."""
    ip_adapter: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """``PATH`` (folder), ``SUBFOLDER`` and ``FILE`` of an IP-Adapter."""
    grown_check: str = "color"
    """How a product that the model made grow is noticed: one of GROWN_CHECKS."""
    compile: bool = False
    """Whether the denoiser's repeated blocks are compiled; on a graphics card only."""
    compile_cache: str = ""
    """A folder in which what was compiled outlives the process."""
    attention: str = "auto"
    """One of ATTENTIONS."""
    quantize: str = ""
    """One of QUANTIZATIONS."""
    gguf: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """``PATH`` and ``SHA256`` of a file that the denoiser's weights come from instead."""
    loras: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    """Name -> ``PATH`` and ``SHA256`` of a LoRA that a style may name."""
    step_cache: float = 0.0
    """Threshold of a step cache; 0 for none. Presets of 8 steps or fewer gain nothing by one."""
    step_cache_kind: str = "first-block"
    """One of STEP_CACHES."""
    step_ratios: tuple[float, ...] = ()
    """What ``prodimages_models steps`` measured, for the kind ``magnitude``."""
    offload: str = "auto"
    """What waits outside of the card: ``auto`` only what doesn't fit, ``model`` the parts that
    don't work, ``group`` the blocks that don't.
    """
    warm_up: bool = False
    """Whether a worker loads and compiles as it starts."""
    cpu: str = "torch"
    """What computes on a CPU: one of CPUS; 8 bits by what ``prodimages_models quantize`` made."""

    @property
    def fixes_format(self) -> bool:
        """Whether the denoiser's weights are in a format that none may change."""
        return bool(self.quantize or self.gguf)

    @property
    def in_openvino(self) -> bool:
        return self.cpu.startswith("openvino") and self.preset.device == "cpu"

    @property
    def revision(self) -> str:
        if self.path:
            return "local folder"
        if self.preset.shipped:
            return f"sha256:{self.preset.seal}"
        return self.revisions.get(self.preset.hub_id, "")

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> tuple[Self | None, list[Fault]]:
        """The options, or None where no preset can be told, and everything that is wrong."""
        faults = list(_mistyped(options))
        sound: dict[str, Any] = {
            name: value
            for name, value in options.items()
            if isinstance(value, _types().get(name, ())) and not _misplaced_bool(name, value)
        }
        name = str(sound.get("PRESET", ""))
        if name not in PRESETS:
            return None, [*faults, _unknown_preset(name)]
        over = {field: sound[key] for key, (field, _t) in _OVER_PRESET.items() if key in sound}
        if "sides" in over:
            over["sides"] = tuple(over["sides"])
        preset = dataclasses.replace(PRESETS[name], **over)
        found = list(_values(preset, sound))
        if any(fault.id == "prodimages.E061" for fault in found):
            return None, [*faults, *found]
        read = cls(
            preset_name=name,
            preset=preset,
            path=os.fspath(sound.get("PATH", "")),
            revisions=sound.get("REVISIONS", {}),
            digests=sound.get("SHA256", {}),
            download=sound.get("DOWNLOAD", False),
            max_batch=sound.get("MAX_BATCH", 1 if preset.device == "cpu" else preset.batch),
            memory_gb=sound.get("MEMORY_GB"),
            references=sound.get("REFERENCES", {}),
            ip_adapter=sound.get("IP_ADAPTER", {}),
            grown_check=sound.get("GROWN_CHECK", "color"),
            compile=sound.get("COMPILE", False),
            compile_cache=os.fspath(sound.get("COMPILE_CACHE", "")),
            attention=sound.get("ATTENTION", "auto"),
            quantize=sound.get("QUANTIZE", ""),
            gguf=sound.get("GGUF", {}),
            loras=sound.get("LORAS", {}),
            step_cache=float(sound.get("STEP_CACHE", 0.0)),
            step_cache_kind=sound.get("STEP_CACHE_KIND", "first-block"),
            step_ratios=tuple(sound.get("STEP_RATIOS", ())),
            offload=sound.get("OFFLOAD", "auto"),
            warm_up=sound.get("WARM_UP", False),
            cpu=sound.get("CPU", "torch"),
        )
        rest = (*_pins(read), *_license(read), *_on_cpu(read), *_unfit(read), *_files(read))
        return read, [*faults, *found, *rest, *_steps(read)]


def _types() -> dict[str, tuple[type, ...]]:
    return _OWN | {name: types for name, (_field, types) in _OVER_PRESET.items()}


def _misplaced_bool(name: str, value: object) -> bool:
    """True is an int to Python, but no number of steps."""
    return isinstance(value, bool) and bool not in _types()[name]


def _mistyped(options: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in options.items():
        if name == "TRUST_REMOTE_CODE":
            yield Fault(
                "TRUST_REMOTE_CODE: code that comes with weights is never run.",
                "Use weights whose pipeline class is part of diffusers.",
                id="prodimages.E064",
            )
        elif name not in KNOWN:
            yield _fault(f"There is no option {name}.", f"Known: {', '.join(sorted(KNOWN))}.")
        elif not isinstance(value, _types()[name]) or _misplaced_bool(name, value):
            wanted = " or ".join(type_.__name__ for type_ in _types()[name])
            yield _fault(f"{name} is {value!r}.", f"It must be a value of type {wanted}.")


def _values(preset: Preset, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Values of the right type that mean nothing."""
    if preset.family not in FAMILIES:
        yield Fault(
            f"There is no family “{preset.family}” of pipelines.",
            f"Set FAMILY to one of {', '.join(FAMILIES)}.",
            id="prodimages.E061",
        )
    if preset.dtype not in DTYPES:
        yield _fault(f"DTYPE is “{preset.dtype}”.", f"It is one of {', '.join(DTYPES)}.")
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", preset.device):
        yield _fault(f"DEVICE is “{preset.device}”.", "It is auto, cpu, cuda, cuda:1 or mps.")
    for name, value, least, most in (
        ("STEPS", preset.steps, 1, 150),
        ("GUIDANCE", preset.guidance, 0, 30),
        ("STRENGTH", preset.strength, 0.01, 1),
        ("MAX_BATCH", options.get("MAX_BATCH", 1), 1, 64),
        ("MEMORY_GB", options.get("MEMORY_GB", 1), 0.001, 4096),
        ("STEP_CACHE", options.get("STEP_CACHE", 0), 0, 1),
    ):
        if not least <= value <= most:
            yield _fault(f"{name} is {value}.", f"It is a number from {least} to {most}.")
    sides = preset.sides
    if len(sides) != 2 or not all(isinstance(side, int) and 16 <= side <= 4096 for side in sides):
        yield _fault(f"SIDES is {sides!r}.", "It is two numbers of pixels: at least, at most.")
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
            yield _fault(f"{name} is “{given}”.", f"It is one of {words}.")
    yield from _on_a_card(preset, options)


def _on_a_card(preset: Preset, options: Mapping[str, Any]) -> Iterator[Fault]:
    """What a processor gains nothing by, or can't do."""
    if preset.device != "cpu":
        return
    for name in ("COMPILE", "QUANTIZE"):
        if options.get(name):
            yield _fault(
                f"{name} is set for a model that runs on the processor.",
                "It is for graphics cards; leave it out, or set DEVICE.",
            )


def _fault(message: str, hint: str) -> Fault:
    return Fault(message, hint, id="prodimages.E060")


def _unknown_preset(name: str) -> Fault:
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
                yield _fault(f"{name} does not fit {read.preset.title}.", "Leave it out.")


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
        yield _fault(f"{name} and {taken[0]} do not go together.", "Leave one of them out.")


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
        yield _fault(
            "STEP_CACHE_KIND is “magnitude”, but STEP_RATIOS names no factors.",
            "Set it to the list that “prodimages_models steps” prints for this model.",
        )


def _on_cpu(read: ModelOptions) -> Iterator[Fault]:
    """What OpenVINO can't run."""
    if not read.cpu.startswith("openvino"):
        return
    preset = read.preset
    if preset.device != "cpu":
        yield _fault(
            f"CPU is “{read.cpu}”, but DEVICE is “{preset.device}”.", 'Set DEVICE = "cpu" too.'
        )
    if not preset.parts.openvino:
        able = ", ".join(name for name, family in FAMILIES.items() if family.openvino)
        yield _fault(
            f"OpenVINO does not run the family “{preset.family}” here.",
            f'It runs {able}; set CPU = "torch" for others.',
        )
    for name, given in (*_added(read), ("GGUF", read.gguf)):
        if given:
            yield _fault(
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
