"""FLUX.2 klein and Z-Image."""

from __future__ import annotations

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLFlux2,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinInpaintPipeline,
    Flux2Transformer2DModel,
    ZImageInpaintPipeline,
    ZImageTransformer2DModel,
)

from tests.diffusion.tiny.qwen import qwen_text_encoder, qwen_tokenizer
from tests.diffusion.tiny.sizes import SIDE


def flux2_klein() -> Flux2KleinInpaintPipeline:
    """Three layers of the text encoder are read, the 27th the last."""
    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    transformer = Flux2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=48,
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    vae = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=SIDE,
    )
    return Flux2KleinInpaintPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=qwen_text_encoder(len(tokenizer), layers=28),
        tokenizer=tokenizer,
        transformer=transformer,
        is_distilled=True,
    )


def z_image() -> ZImageInpaintPipeline:
    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    transformer = ZImageTransformer2DModel(
        in_channels=4,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=16,
        axes_dims=[4, 6, 6],
        axes_lens=[1024, 64, 64],
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        shift_factor=0.1,
    )
    return ZImageInpaintPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=qwen_text_encoder(len(tokenizer), layers=2),
        tokenizer=tokenizer,
        transformer=transformer,
    )
