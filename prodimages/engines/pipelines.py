"""What each pipeline class of diffusers takes, as plain data: planning needs no torch.

A test holds every row to the signature of the installed class.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from prodimages.choices import Task


@dataclasses.dataclass(frozen=True, kw_only=True)
class Traits:
    """The arguments of a class's ``__call__`` that matter here."""

    image: bool = False
    """Whether it starts from a picture."""
    mask: bool = False
    """Whether it paints only where a mask says so."""
    strength: bool = False
    """Whether it can keep a part of the picture that it starts from."""
    floors: bool = False
    """Whether it runs ``floor(steps * strength)`` steps, where flow models round up."""
    size: bool = True
    """Whether it takes ``height`` and ``width``; else the picture's own size counts."""
    negative: bool = False
    """Whether it takes a negative prompt; it is heard only where guidance is over 1."""
    guidance: str = "guidance_scale"
    """The argument that weighs the prompt against the negative prompt."""
    reference: str = ""
    """The argument for pictures that are looked at, but not painted over."""
    references: int = 0
    """How many of those it takes at most."""
    control: str = ""
    """The argument for pictures that a ControlNet follows (Zhang et al. 2023)."""
    ip_adapter: bool = False
    """Whether a picture can give the style by an IP-Adapter (Ye et al. 2023)."""
    callback: bool = True
    """Whether it calls back after each step; else progress and cancel wait for its end."""
    weights: bool = False
    """Whether words of its prompts can be weighted: its encoders give an embedding a token."""
    tokens: int = 512
    """Most tokens of a prompt that its text encoders read."""


_SD = {"negative": True, "ip_adapter": True, "floors": True, "weights": True, "tokens": 77}
_PAINTS = {"image": True, "mask": True, "strength": True}
_STARTS = {"image": True, "strength": True}
_FOLLOWS = {"control": "control_image"}
_QWEN = {"negative": True, "guidance": "true_cfg_scale"}

PIPELINES: dict[str, Traits] = {
    name: Traits(**values)  # type: ignore[arg-type]
    for name, values in {
        "StableDiffusionPipeline": _SD,
        "StableDiffusionImg2ImgPipeline": _SD | _STARTS | {"size": False},
        "StableDiffusionInpaintPipeline": _SD | _PAINTS,
        "StableDiffusionControlNetInpaintPipeline": _SD | _PAINTS | _FOLLOWS,
        "StableDiffusionXLPipeline": _SD,
        "StableDiffusionXLImg2ImgPipeline": _SD | _STARTS | {"size": False},
        "StableDiffusionXLInpaintPipeline": _SD | _PAINTS,
        "StableDiffusionXLControlNetInpaintPipeline": _SD | _PAINTS | _FOLLOWS,
        "Flux2KleinPipeline": {"image": True},
        "Flux2KleinInpaintPipeline": _PAINTS | {"reference": "image_reference", "references": 1},
        "ZImagePipeline": {"negative": True},
        "ZImageImg2ImgPipeline": _STARTS | {"negative": True},
        "ZImageInpaintPipeline": _PAINTS | {"negative": True},
        "QwenImagePipeline": _QWEN,
        "QwenImageImg2ImgPipeline": _QWEN | _STARTS,
        "QwenImageInpaintPipeline": _QWEN | _PAINTS,
        # Up to three pictures in all: the one that is edited and two beside it.
        "QwenImageEditPlusPipeline": _QWEN | {"image": True, "reference": "image", "references": 2},
        "SanaSprintPipeline": {"tokens": 300},
        "SanaSprintImg2ImgPipeline": _STARTS | {"tokens": 300},
        "PixArtSigmaPipeline": {"negative": True, "callback": False, "tokens": 300},
    }.items()
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Family:
    """Pipeline classes that run on one set of weights."""

    tasks: Mapping[Task, str]
    """The class that does each task; the first is the one that is loaded."""
    multiple: int
    """Sides of a picture are multiples of this many pixels."""
    cell: int
    """Pixels across one cell of the grid that a mask is reduced to."""
    blended: bool = False
    """Whether the denoiser never sees the mask: what is kept is put back after each step, so
    that one step alone would leave a seam.
    """
    openvino: bool = False
    """Whether its denoiser runs in OpenVINO: none of its sizes is fixed in its code."""

    @property
    def loads(self) -> str:
        """The class whose components serve all the others."""
        return next(iter(self.tasks.values()))

    @property
    def follows(self) -> bool:
        """Whether a ControlNet belongs to it."""
        return any(PIPELINES[name].control for name in self.tasks.values())


def _classes(paint: str, imagine: str, restyle: str) -> dict[Task, str]:
    return {Task.BACKGROUND: paint, Task.TEXT_TO_IMAGE: imagine, Task.RESTYLE: restyle}


FAMILIES: dict[str, Family] = {
    "sd": Family(
        tasks=_classes(
            "StableDiffusionInpaintPipeline",
            "StableDiffusionPipeline",
            "StableDiffusionImg2ImgPipeline",
        ),
        multiple=8,
        cell=8,
        blended=True,
        openvino=True,
    ),
    # The same weights with a ControlNet beside them, which says what is around the hole.
    "sd-controlnet": Family(
        tasks=_classes(
            "StableDiffusionControlNetInpaintPipeline",
            "StableDiffusionPipeline",
            "StableDiffusionImg2ImgPipeline",
        ),
        multiple=8,
        cell=8,
        blended=True,
    ),
    # A denoiser of nine channels, which only the inpainting class feeds.
    "sd-inpaint": Family(
        tasks=_classes(*3 * ("StableDiffusionInpaintPipeline",)),
        multiple=8,
        cell=8,
        openvino=True,
    ),
    # The model that ships with the package: never taught to start from a picture.
    "nano": Family(
        tasks=dict.fromkeys(
            (Task.BACKGROUND, Task.TEXT_TO_IMAGE), "StableDiffusionInpaintPipeline"
        ),
        multiple=8,
        cell=8,
    ),
    "sdxl": Family(
        tasks=_classes(
            "StableDiffusionXLInpaintPipeline",
            "StableDiffusionXLPipeline",
            "StableDiffusionXLImg2ImgPipeline",
        ),
        multiple=8,
        cell=8,
        blended=True,
        openvino=True,
    ),
    "sdxl-controlnet": Family(
        tasks=_classes(
            "StableDiffusionXLControlNetInpaintPipeline",
            "StableDiffusionXLPipeline",
            "StableDiffusionXLImg2ImgPipeline",
        ),
        multiple=8,
        cell=8,
        blended=True,
    ),
    "sdxl-inpaint": Family(
        tasks=_classes(*3 * ("StableDiffusionXLInpaintPipeline",)),
        multiple=8,
        cell=8,
        openvino=True,
    ),
    # There is no image-to-image class: a white mask and a strength do the same.
    "flux2-klein": Family(
        tasks=_classes(
            "Flux2KleinInpaintPipeline", "Flux2KleinPipeline", "Flux2KleinInpaintPipeline"
        )
        | {Task.TRY_ON: "Flux2KleinInpaintPipeline"},
        multiple=16,
        cell=16,
        blended=True,
    ),
    "z-image": Family(
        tasks=_classes("ZImageInpaintPipeline", "ZImagePipeline", "ZImageImg2ImgPipeline"),
        multiple=16,
        cell=16,
        blended=True,
    ),
    "qwen-image": Family(
        tasks=_classes("QwenImageInpaintPipeline", "QwenImagePipeline", "QwenImageImg2ImgPipeline"),
        multiple=16,
        cell=16,
        blended=True,
    ),
    # It has no mask: what it gives is registered to the canvas before anything is taken over.
    "qwen-image-edit": Family(
        tasks=dict.fromkeys((Task.BACKGROUND, Task.TRY_ON), "QwenImageEditPlusPipeline"),
        multiple=32,
        cell=16,
    ),
    "pixart-sigma": Family(tasks={Task.TEXT_TO_IMAGE: "PixArtSigmaPipeline"}, multiple=16, cell=16),
    "sana-sprint": Family(
        tasks={
            Task.TEXT_TO_IMAGE: "SanaSprintPipeline",
            Task.RESTYLE: "SanaSprintImg2ImgPipeline",
        },
        multiple=32,
        cell=32,
    ),
}


def traits_of(family: Family, task: Task) -> Traits:
    return PIPELINES[family.tasks[task]]
