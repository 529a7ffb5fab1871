"""A FLUX.2 klein 4B with random weights, made on the card itself: it costs what a trained one does.

No file of gigabytes is written or read. Only the tokenizer is small: one token a letter, where
the real one has one for a word; the text encoder pads both to the same 512.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers import (
    AutoencoderKLFlux2,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinInpaintPipeline,
    Flux2Transformer2DModel,
    UNet2DConditionModel,
)
from transformers import Qwen3Config, Qwen3ForCausalLM

from tests.diffusion import tiny


@contextmanager
def made_on(device: torch.device, dtype: torch.dtype) -> Iterator[None]:
    """Weights are drawn where and in the format in which they are used."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)


def klein_4b(device: torch.device, dtype: torch.dtype) -> Flux2KleinInpaintPipeline:
    """Denoiser of 3.9, text encoder of 4.0 and decoder of 0.08 billion parameters."""
    torch.manual_seed(0)
    with made_on(device, dtype):
        transformer = Flux2Transformer2DModel(
            in_channels=128,
            num_layers=5,
            num_single_layers=20,
            attention_head_dim=128,
            num_attention_heads=24,
            joint_attention_dim=7680,
            guidance_embeds=False,
        )
        vae = AutoencoderKLFlux2()
        text_encoder = Qwen3ForCausalLM(
            Qwen3Config(
                vocab_size=151_936,
                hidden_size=2560,
                intermediate_size=9728,
                num_hidden_layers=36,
                num_attention_heads=32,
                num_key_value_heads=8,
                head_dim=128,
                max_position_embeddings=40_960,
                tie_word_embeddings=True,
            )
        )
    for part in (transformer, vae, text_encoder):
        part.eval().requires_grad_(False)
    return Flux2KleinInpaintPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(
            shift=3.0,
            use_dynamic_shifting=True,
            base_shift=0.5,
            max_shift=1.15,
        ),
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tiny.qwen_tokenizer(),
        transformer=transformer,
        is_distilled=True,
    )


def klein_tiny(device: torch.device, dtype: torch.dtype) -> Flux2KleinInpaintPipeline:
    """To try the benchmark itself out where there is no card."""
    pipeline = tiny.flux2_klein()
    pipeline.to(device, dtype)
    return pipeline


def xl_unet(device: torch.device, dtype: torch.dtype) -> UNet2DConditionModel:
    """The denoiser of SDXL: 2.6 billion parameters."""
    with made_on(device, dtype):
        unet = UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )
    return unet.eval().requires_grad_(False)


def gigabytes(pipeline: Any) -> float:
    parts = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    numbers = [tensor for part in parts for tensor in part.parameters()]
    return sum(tensor.numel() * tensor.element_size() for tensor in numbers) / 1e9
