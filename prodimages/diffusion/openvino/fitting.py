"""Puts modules that run in OpenVINO into a pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch

from prodimages.diffusion.openvino.folder import digest_of
from prodimages.diffusion.openvino.graph import library
from prodimages.diffusion.openvino.modules import Half, OneTensor, denoiser
from prodimages.diffusion.openvino.part import Part
from prodimages.diffusion.paging import page_out_after_use
from prodimages.engines.model_options import ModelOptions

_DENOISERS = ("unet", "transformer")


def denoiser_for(options: ModelOptions, folder: Path) -> dict[str, Any]:
    """Component name -> the denoiser, to be given to ``from_pretrained``, which then loads none.

    Raises JobFailure (unavailable) where OpenVINO is not installed.
    """
    library()
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    name = next(name for name in _DENOISERS if name in index)
    kind = getattr(diffusers, index[name][1])
    config = dict(kind.load_config(folder / name, local_files_only=True))
    is_unet = issubclass(kind, diffusers.UNet2DConditionModel)
    part = Part(
        lambda: _loaded(kind, folder / name),
        name=kind.__name__,
        digest=digest_of(folder / name),
        any_size=is_unet,
        int8=options.cpu == "openvino-int8",
        cut_to=2 ** (len(config["block_out_channels"]) - 1) if is_unet else 0,
    )
    return {name: denoiser(kind, config, part)}


def fit_autoencoder(pipeline: Any, source: Path) -> None:
    """Let both halves of the autoencoder, which came from ``source``, run in OpenVINO."""
    vae = getattr(pipeline, "vae", None)
    if not isinstance(vae, diffusers.AutoencoderKL | diffusers.AutoencoderTiny):
        return
    digest = digest_of(source)
    for half in ("encoder", "decoder"):
        part = Part(
            _half_of(type(vae), source, half),
            name=f"{type(vae).__name__}.{half}",
            digest=digest,
            any_size=True,
        )
        setattr(vae, half, Half(part))


def spare_text_encoders(pipeline: Any) -> None:
    """They work once a prompt, and most prompts are remembered."""
    for name in ("text_encoder", "text_encoder_2"):
        if (encoder := getattr(pipeline, name, None)) is not None:
            page_out_after_use(encoder)


def _half_of(kind: Any, source: Path, half: str) -> Callable[[], torch.nn.Module]:
    return lambda: OneTensor(getattr(_loaded(kind, source), half))


def _loaded(kind: Any, source: Path) -> torch.nn.Module:
    module: torch.nn.Module = kind.from_pretrained(
        source, dtype=torch.float32, use_safetensors=True, local_files_only=True
    )
    return module
