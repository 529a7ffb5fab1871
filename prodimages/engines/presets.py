"""The models that the diffusion engine knows, as plain data: what suits their weights.

Class defaults of diffusers are made for undistilled weights; steps and guidance here are
those that the makers of each model name. No revision is invented: a preset says which
repositories it needs, and the operator pins each one in the settings.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from prodimages.choices import Task
from prodimages.engines import seal
from prodimages.engines.pipelines import FAMILIES, Family


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preset:
    title: str
    family: str
    """A key of FAMILIES."""
    hub_id: str = ""
    """Repository on the Hugging Face hub; empty for a local folder."""
    shipped: str = ""
    """Folder of the room ``diffusion`` that holds the weights, where they come with the package."""
    seal: str = ""
    """SHA-256 of that folder's ``digests.json``, which names the digests of all the others."""
    license: str = ""
    """As its repository names it."""
    commercial: bool = False
    """Whether the license permits commercial use, under its own conditions if any."""
    terms: str = ""
    """A condition of the license that the operator should know."""
    parameters: float = 0.0
    """Of the denoiser, in billions."""
    steps: int = 20
    guidance: float = 5.0
    """1 or less: the prompt is weighed in one pass, and no negative prompt is heard."""
    strength: float = 1.0
    """How much of the canvas a background repaints; counted in whole steps."""
    sides: tuple[int, int] = (512, 1024)
    """Sides of a square that suit the model, at least and at most, in pixels."""
    dtype: str = "bfloat16"
    """On a graphics card; on a CPU it is always float32."""
    memory: float = 0.0
    """Estimate of the graphics memory that all its weights take, in GB: two bytes a parameter of
    denoiser, text encoders and decoder.
    """
    batch: int = 4
    """Pictures at once on a graphics card. FLUX.2 klein 4B took 6 % less time for each of two than
    for one on an H200, and 27 % less for each of four, compiled; the larger a model, the less
    there is to gain and the more memory it takes.
    """
    device: str = "auto"
    tiny_vae: str = ""
    """Repository of an AutoencoderTiny in place of the decoder."""
    lora: str = ""
    """Repository of a LoRA that is fused into the weights."""
    lora_file: str = ""
    scheduler: str = ""
    """Class of diffusers that the weights were distilled for; empty keeps the repository's."""
    schedule: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What is different in the scheduler's settings."""
    distilled: bool = False
    """Whether guidance is an input of the denoiser: one pass a step at any scale, and no
    negative prompt, which nothing is weighed against."""
    has_layouts: bool = False
    """Whether its folder may hold a second denoiser, for layouts that pictures start from."""
    has_shadows: bool = False
    """Whether its folder may hold a small U-Net that throws the shadows of products."""
    grain: float = 0.0
    """Standard deviation, in 0..1, of the film grain that its enlarged pictures are given."""
    best_for: str = ""

    @property
    def parts(self) -> Family:
        return FAMILIES[self.family]

    @property
    def tasks(self) -> Mapping[Task, str]:
        return self.parts.tasks

    @property
    def repositories(self) -> tuple[str, ...]:
        """All that have to be pinned."""
        return tuple(filter(None, (self.hub_id, self.lora, self.tiny_vae)))


_LIGHTNING: dict[str, Any] = {
    "scheduler": "FlowMatchEulerDiscreteScheduler",
    # The shift of 3 that the LoRA was distilled with.
    "schedule": {"base_shift": math.log(3), "max_shift": math.log(3), "shift_terminal": None},
}
_STABILITY = "Free up to a yearly revenue that the license names; above it Stability AI sells one."

PRESETS: dict[str, Preset] = {
    "flux2-klein-4b": Preset(
        title="FLUX.2 klein 4B",
        family="flux2-klein",
        hub_id="black-forest-labs/FLUX.2-klein-4B",
        license="Apache-2.0",
        commercial=True,
        parameters=4,
        steps=4,
        guidance=1.0,
        memory=16,
        best_for="backgrounds and pictures from text on one graphics card; the first to try",
    ),
    "z-image-turbo": Preset(
        title="Z-Image-Turbo",
        family="z-image",
        hub_id="Tongyi-MAI/Z-Image-Turbo",
        license="Apache-2.0",
        commercial=True,
        parameters=6,
        steps=8,
        guidance=0.0,
        memory=21,
        best_for="photographic scenes, prompts in Chinese and English",
    ),
    "qwen-image-lightning": Preset(
        title="Qwen-Image with the Lightning LoRA",
        family="qwen-image",
        hub_id="Qwen/Qwen-Image",
        lora="lightx2v/Qwen-Image-Lightning",
        lora_file="Qwen-Image-Lightning-8steps-V1.1.safetensors",
        license="Apache-2.0",
        commercial=True,
        parameters=20,
        steps=8,
        guidance=1.0,
        **_LIGHTNING,
        sides=(768, 1328),
        batch=2,
        memory=58,
        best_for="the most faithful to long prompts, in Chinese and English",
    ),
    "qwen-image-edit-lightning": Preset(
        title="Qwen-Image-Edit-Plus with the Lightning LoRA",
        family="qwen-image-edit",
        hub_id="Qwen/Qwen-Image-Edit-2509",
        lora="lightx2v/Qwen-Image-Lightning",
        lora_file=(
            "Qwen-Image-Edit-2509/Qwen-Image-Edit-2509-Lightning-8steps-V1.0-bf16.safetensors"
        ),
        license="Apache-2.0",
        commercial=True,
        parameters=20,
        steps=8,
        guidance=1.0,
        **_LIGHTNING,
        sides=(768, 1024),
        batch=2,
        memory=60,
        best_for="scenes by instruction, where the light on the ground has to follow the product",
    ),
    "sdxl-inpaint": Preset(
        title="SDXL inpainting",
        family="sdxl-inpaint",
        hub_id="diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
        license="OpenRAIL++-M",
        commercial=True,
        terms="The license forbids a list of uses.",
        parameters=2.6,
        steps=24,
        guidance=7.5,
        strength=0.99,
        sides=(768, 1024),
        dtype="float16",
        memory=9,
        best_for="backgrounds with a negative prompt, and cards of 12 GB",
    ),
    "sdxl-inpaint-lcm": Preset(
        title="SDXL inpainting with the LCM LoRA",
        family="sdxl-inpaint",
        hub_id="diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
        lora="latent-consistency/lcm-lora-sdxl",
        lora_file="pytorch_lora_weights.safetensors",
        scheduler="LCMScheduler",
        license="OpenRAIL++-M",
        commercial=True,
        terms="The license forbids a list of uses.",
        parameters=2.6,
        steps=6,
        guidance=1.0,
        sides=(768, 1024),
        dtype="float16",
        memory=9,
        best_for="the same in a quarter of the time, without a negative prompt",
    ),
    "sdxl-turbo": Preset(
        title="SDXL-Turbo",
        family="sdxl",
        hub_id="stabilityai/sdxl-turbo",
        license="Stability AI Community",
        commercial=True,
        terms=_STABILITY,
        parameters=2.6,
        steps=4,
        guidance=0.0,
        strength=0.75,
        sides=(512, 512),
        dtype="float16",
        memory=8,
        best_for="quick drafts on a small card",
    ),
    "sd-turbo": Preset(
        title="SD-Turbo with a tiny decoder",
        family="sd",
        hub_id="stabilityai/sd-turbo",
        tiny_vae="madebyollin/taesd",
        license="Stability AI Community",
        commercial=True,
        terms=_STABILITY,
        parameters=0.87,
        steps=4,
        guidance=0.0,
        strength=0.5,
        sides=(512, 512),
        dtype="float16",
        memory=3,
        device="cpu",
        best_for="machines without a graphics card",
    ),
    "sana-sprint": Preset(
        title="SANA-Sprint 1.6B",
        family="sana-sprint",
        hub_id="Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers",
        license="NSCL-v2-custom",
        parameters=1.6,
        steps=2,
        guidance=4.5,
        sides=(1024, 1024),
        memory=10,
        best_for="the quickest pictures from text, for research",
    ),
    "nano": Preset(
        title="nano",
        family="nano",
        shipped="nano",
        seal=seal.NANO,
        license="Apache-2.0",
        commercial=True,
        parameters=0.018,
        steps=8,
        guidance=3.0,
        distilled=True,
        # Four of eight steps: with more, colors and things drift away from the canvas.
        strength=0.5,
        has_layouts=True,
        has_shadows=True,
        grain=0.01,
        sides=(256, 256),
        dtype="float32",
        memory=0.2,
        device="cpu",
        best_for="soft backdrops on any machine, offline; the way to try the diffusion engine",
    ),
    "custom": Preset(
        title="A folder of your own",
        family="sd-inpaint",
        license="",
        best_for="weights that you trained or converted yourself",
    ),
}

FORBIDDEN: dict[str, str] = {
    "qwen-image-2.1": "QwenImage21",
    "flux2-dev": "FLUX.2-dev",
    "catvton": "CatVTON",
}
"""Models that people ask for and whose licenses forbid commercial use; no preset runs them."""
