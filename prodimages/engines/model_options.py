"""What the settings say of a diffusion engine: read once, and refused in words when wrong.

Free of torch: web processes read it to plan and to check.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any, Self

from prodimages.engines import option_values
from prodimages.engines.option_faults import faults_together, unknown_preset
from prodimages.engines.option_values import OVER_PRESET, Fault
from prodimages.engines.presets import PRESETS, Preset


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
    controlnet: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """``PATH`` (folder), ``FOLLOWS`` (one of FOLLOWED) and ``SCALE`` of a ControlNet."""
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
        faults = list(option_values.mistyped(options))
        sound: dict[str, Any] = {
            name: value
            for name, value in options.items()
            if option_values.has_its_type(name, value)
        }
        name = str(sound.get("PRESET", ""))
        if name not in PRESETS:
            return None, [*faults, unknown_preset(name)]
        over = {field: sound[key] for key, (field, _t) in OVER_PRESET.items() if key in sound}
        if "sides" in over:
            over["sides"] = tuple(over["sides"])
        preset = dataclasses.replace(PRESETS[name], **over)
        found = list(option_values.values(preset, sound))
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
            controlnet=sound.get("CONTROLNET", {}),
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
        return read, [*faults, *found, *faults_together(read)]
