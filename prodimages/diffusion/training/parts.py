"""The parts of the model, all of stock classes of diffusers and transformers."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from prodimages.diffusion import shading as shading_of
from prodimages.diffusion.training.first_weights import set_first_weights
from prodimages.diffusion.training.recipe import Recipe

LATENTS = 4
"""Channels of a latent picture, whose grid is eight times coarser than the pixels'."""
FACTOR = 8


def autoencoder(recipe: Recipe) -> Any:
    """(B, 3, S, S) in -1..1 <-> (B, 4, S/8, S/8), in 32-bit floats.

    The layout of TAESD (Bohan, github madebyollin/taesd): residual blocks, no attention and
    no norms. Its decoder squashes latents by ``3 tanh(z / 3)``, so that they have to stay in
    about -3..3: the loss holds their mean at 0 and their variance at 1.
    """
    kind: Any = AutoencoderTiny
    module = kind(
        encoder_block_out_channels=(recipe.encoder_width,) * 4,
        decoder_block_out_channels=(recipe.decoder_width,) * 4,
        latent_channels=LATENTS,
        scaling_factor=1.0,
    )
    set_first_weights(module)
    return module


def text_encoder(recipe: Recipe, vocabulary: int) -> Any:
    """Token ids (B, context) -> (B, context, text_width); start 0, end and padding 1."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=recipe.text_width,
            intermediate_size=4 * recipe.text_width,
            projection_dim=recipe.text_width,
            num_hidden_layers=recipe.text_layers,
            num_attention_heads=recipe.text_heads,
            max_position_embeddings=recipe.context,
            hidden_act="gelu",
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=1,
        )
    )


def denoiser(recipe: Recipe, *, guided: bool) -> Any:
    """A U-Net (Ronneberger et al. 2015) with cross-attention (Rombach et al. 2022).

    Nine channels come in: noisy latents, the mask, and the latents of what the mask leaves
    to be seen. The finest grid has no attention: at 32 x 32 cells it would cost a third of
    the time, and what words say is about larger things. ``guided``: whether it takes an
    embedding of the guidance scale.
    """
    finer = len(recipe.channels) - 1
    kind: Any = UNet2DConditionModel
    return kind(
        sample_size=recipe.side // FACTOR,
        in_channels=2 * LATENTS + 1,
        out_channels=LATENTS,
        block_out_channels=recipe.channels,
        layers_per_block=recipe.layers,
        down_block_types=("DownBlock2D", *finer * ("CrossAttnDownBlock2D",)),
        up_block_types=(*finer * ("CrossAttnUpBlock2D",), "UpBlock2D"),
        cross_attention_dim=recipe.text_width,
        attention_head_dim=recipe.head_width,
        norm_num_groups=recipe.groups,
        use_linear_projection=True,
        time_cond_proj_dim=recipe.guidance_width if guided else None,
    )


def shading(recipe: Recipe) -> Any:
    """A U-Net of factors of light (``diffusion.shading``), which are 1 before it has learned.

    Words are heard on the coarsest grid alone, as what they say is where the light stands.
    """
    levels = len(recipe.shading_channels)
    folded = shading_of.FOLD**2
    kind: Any = UNet2DConditionModel
    unet = kind(
        sample_size=recipe.side // shading_of.COARSER // shading_of.FOLD,
        in_channels=4 * folded,
        out_channels=3 * folded,
        block_out_channels=recipe.shading_channels,
        layers_per_block=1,
        down_block_types=(*(levels - 1) * ("DownBlock2D",), "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", *(levels - 1) * ("UpBlock2D",)),
        cross_attention_dim=recipe.text_width,
        attention_head_dim=recipe.shading_head_width,
        norm_num_groups=recipe.shading_groups,
        use_linear_projection=True,
    )
    torch.nn.init.zeros_(unet.conv_out.weight)
    torch.nn.init.zeros_(unet.conv_out.bias)
    return unet


STEPS_SHIFT = 3.0
"""Of the sampler's steps toward high noise, where the colors of large areas are decided."""


def scheduler() -> Any:
    """DPM-Solver++ of second order (Lu et al. 2022) along the straight paths of ``flow``."""
    kind: Any = DPMSolverMultistepScheduler
    return kind(
        num_train_timesteps=1000,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=STEPS_SHIFT,
        steps_offset=1,
    )


def count(module: torch.nn.Module) -> int:
    """Numbers that are learned."""
    return sum(parameter.numel() for parameter in module.parameters())
