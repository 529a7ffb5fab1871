"""Models with random weights, as large as those that people run."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderTiny,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel

from tests.diffusion import tiny

_WITHOUT = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def save_models(folder: Path) -> None:
    """``plain`` with the KL decoder, ``engine`` with the tiny one, ``a`` and ``b`` to switch."""
    torch.manual_seed(0)
    pipeline = turbo()
    pipeline.save_pretrained(folder / "plain")
    pipeline.vae = AutoencoderTiny()
    # What both share is written once: they differ in the decoder and in the index alone.
    (folder / "engine").mkdir()
    for part in ("unet", "text_encoder", "tokenizer", "scheduler"):
        os.symlink(folder / "plain" / part, folder / "engine" / part)
    pipeline.vae.save_pretrained(folder / "engine" / "vae")
    index = (folder / "plain" / "model_index.json").read_text()
    (folder / "engine" / "model_index.json").write_text(
        index.replace("AutoencoderKL", "AutoencoderTiny")
    )
    for name in "ab":
        small(pipeline).save_pretrained(folder / name)


def turbo() -> StableDiffusionPipeline:
    """Denoiser of 0.87, text encoder of 0.34 and decoder of 0.05 billion parameters."""
    return StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            sample_size=768,
        ),
        text_encoder=CLIPTextModel(
            CLIPTextConfig(
                hidden_size=1024,
                intermediate_size=4096,
                num_attention_heads=16,
                num_hidden_layers=23,
                hidden_act="gelu",
                projection_dim=512,
                bos_token_id=0,
                eos_token_id=1,
                pad_token_id=1,
            )
        ),
        tokenizer=tiny.clip_tokenizer(),
        unet=UNet2DConditionModel(
            sample_size=64,
            cross_attention_dim=1024,
            attention_head_dim=(5, 10, 20, 20),
            use_linear_projection=True,
        ),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            timestep_spacing="trailing",
        ),
        **_WITHOUT,
    )


def small(like: StableDiffusionPipeline) -> StableDiffusionPipeline:
    """A denoiser of about 50 million parameters, quick to load."""
    return StableDiffusionPipeline(
        vae=AutoencoderTiny(),
        text_encoder=tiny.clip_text_encoder(len(like.tokenizer)),
        tokenizer=like.tokenizer,
        unet=UNet2DConditionModel(
            sample_size=64, block_out_channels=(96, 192, 288, 288), cross_attention_dim=16
        ),
        scheduler=like.scheduler,
        **_WITHOUT,
    )
