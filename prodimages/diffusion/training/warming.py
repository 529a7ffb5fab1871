"""Begins a training with the weights that an earlier one has written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPTextModel

_GUIDED = "time_embedding.cond_proj.weight"


def take_over(folder: Path, out: Path) -> None:
    """Its tokenizer and its autoencoder, which is not trained again, unless ``out`` has them."""
    if not (out / "tokenizer").is_dir():
        shutil.copytree(folder / "tokenizer", out / "tokenizer")
    if not (out / "autoencoder" / "trained").is_dir():
        shutil.copytree(folder / "vae", out / "autoencoder" / "trained")
        (out / "autoencoder" / "done").touch()


def denoiser_weights(folder: Path) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The U-Net, without its ear for the guidance scale, and the text encoder, in 32 bits."""
    unet = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    text = load_file(folder / "text_encoder" / "model.safetensors")
    unet.pop(_GUIDED, None)
    return (
        {name: weight.float() for name, weight in unet.items()},
        {name: weight.float() for name, weight in text.items()},
    )


def painting(folder: Path, device: torch.device) -> tuple[Any, Any]:
    """The U-Net and the text encoder as they are, in 32 bits."""
    denoiser: Any = UNet2DConditionModel
    encoder: Any = CLIPTextModel
    return tuple(
        kind.from_pretrained(
            folder / name, dtype=torch.float32, use_safetensors=True, local_files_only=True
        )
        .to(device)
        .eval()
        for kind, name in ((denoiser, "unet"), (encoder, "text_encoder"))
    )


def keep_convolutions(unet: nn.Module) -> None:
    """Lets attention and what hears of the time learn: what words mean, not how things look."""
    for name, parameter in unet.named_parameters():
        parameter.requires_grad_("attentions." in name or "time_emb" in name)
