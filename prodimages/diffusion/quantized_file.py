"""A denoiser from a file of the format GGUF: 2 to 8 bits a weight, made exact as it is used."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import diffusers
import torch
from django.utils.translation import gettext as _

from prodimages.diffusion.weights import checked, unavailable
from prodimages.engines.model_options import ModelOptions


def denoiser_in(options: ModelOptions, folder: Path, dtype: torch.dtype) -> dict[str, Any]:
    """The pipeline's part by its name; its settings are those in ``folder``.

    Raises JobFailure (unavailable) in words, and what diffusers raises for a file that does not
    fit.
    """
    file = checked(options.gguf)
    if find_spec("gguf") is None:
        raise unavailable(_("GGUF needs the package gguf on the workers."))
    name, kind = part_of(folder)
    settings: Any = diffusers.GGUFQuantizationConfig
    part = kind.from_single_file(
        str(file),
        config=str(folder),
        subfolder=name,
        quantization_config=settings(compute_dtype=dtype),
        dtype=dtype,
        local_files_only=True,
    )
    return {name: part}


def part_of(folder: Path) -> tuple[str, Any]:
    """Name and class of the denoiser of the pipeline in ``folder``."""
    parts = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    name = "unet" if "unet" in parts else "transformer"
    return name, getattr(diffusers, parts[name][1])
