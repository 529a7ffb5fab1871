"""Tiny, randomly initialised models of real pipeline classes, saved as an operator would."""

from __future__ import annotations

from pathlib import Path

from tests.diffusion.tiny.flow import flux2_klein, z_image
from tests.diffusion.tiny.more import pixart_sigma, sana_sprint
from tests.diffusion.tiny.qwen import qwen_image, qwen_image_edit, qwen_text_encoder, qwen_tokenizer
from tests.diffusion.tiny.sizes import SIDE
from tests.diffusion.tiny.stable import (
    clip_text_encoder,
    clip_tokenizer,
    controlnet,
    ip_adapter,
    stable_diffusion,
    stable_diffusion_xl,
)

__all__ = [
    "SIDE",
    "clip_text_encoder",
    "clip_tokenizer",
    "controlnet",
    "flux2_klein",
    "ip_adapter",
    "pixart_sigma",
    "qwen_image",
    "qwen_image_edit",
    "qwen_text_encoder",
    "qwen_tokenizer",
    "sana_sprint",
    "save",
    "stable_diffusion",
    "stable_diffusion_xl",
    "z_image",
]


def save(pipeline: object, folder: Path) -> Path:
    pipeline.save_pretrained(folder)  # type: ignore[attr-defined]
    return folder
