"""Stable Diffusion and SDXL, which read a prompt by CLIP, and what is put onto them."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import (
    save_file,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)


def clip_tokenizer() -> CLIPTokenizer:
    """One token a letter: a short prompt is long for it."""
    vocabulary = {"<|startoftext|>": 0, "<|endoftext|>": 1}
    for code in range(33, 127):
        vocabulary[chr(code)] = len(vocabulary)
        vocabulary[chr(code) + "</w>"] = len(vocabulary)
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def clip_text_encoder(vocabulary: int) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            hidden_size=16,
            intermediate_size=32,
            num_attention_heads=2,
            num_hidden_layers=2,
            vocab_size=vocabulary,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=1,
            projection_dim=16,
        )
    )


def stable_diffusion(channels: int) -> StableDiffusionInpaintPipeline:
    """Nine channels see the mask, four don't."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        sample_size=8,
        in_channels=channels,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=4,
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
    )
    scheduler = DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    return StableDiffusionInpaintPipeline(
        vae=vae,
        text_encoder=clip_text_encoder(len(tokenizer)),
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def stable_diffusion_xl(channels: int) -> StableDiffusionXLInpaintPipeline:
    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    small = stable_diffusion(channels)
    unet = UNet2DConditionModel.from_config(
        small.unet.config,
        cross_attention_dim=32,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=16 + 6 * 8,
    )
    config = clip_text_encoder(len(tokenizer)).config
    return StableDiffusionXLInpaintPipeline(
        vae=small.vae,
        text_encoder=CLIPTextModel(config),
        text_encoder_2=CLIPTextModelWithProjection(config),
        tokenizer=tokenizer,
        tokenizer_2=clip_tokenizer(),
        unet=unet,
        scheduler=small.scheduler,
    )


def controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """One that is heard: a fresh one of diffusers adds nothing but zeros."""
    torch.manual_seed(2)
    made = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 4, 4, 4))
    seen = [one for one in made.controlnet_cond_embedding.modules() if hasattr(one, "weight")]
    for layer in [*seen, made.controlnet_mid_block, *made.controlnet_down_blocks]:
        torch.nn.init.normal_(layer.weight, std=0.4)
    return made


def ip_adapter(unet: UNet2DConditionModel, folder: Path) -> dict[str, str]:
    """Writes an IP-Adapter for ``unet`` with its picture encoder; gives the option's value."""
    torch.manual_seed(1)
    encoder = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=32,
            patch_size=16,
            projection_dim=8,
        )
    )
    encoder.save_pretrained(folder / "image_encoder")
    across, tokens = unet.config.cross_attention_dim, 4
    weights = {
        "image_proj.proj.weight": torch.randn(tokens * across, 8),
        "image_proj.proj.bias": torch.zeros(tokens * across),
        "image_proj.norm.weight": torch.ones(across),
        "image_proj.norm.bias": torch.zeros(across),
    }
    looking = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for at, name in enumerate(looking):
        size = unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
        for kind in "kv":
            weights[f"ip_adapter.{2 * at + 1}.to_{kind}_ip.weight"] = torch.randn(size, across)
    save_file(weights, folder / "adapter.safetensors")
    return {"PATH": str(folder), "FILE": "adapter.safetensors"}
