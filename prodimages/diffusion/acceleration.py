"""Makes a loaded model quick on a graphics card, as far as its options ask for it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from django.utils.translation import gettext as _

from prodimages.diffusion.step_cache import MOST_UNCACHED, Begin, as_usual, cache_steps
from prodimages.diffusion.weights import unavailable
from prodimages.engines.model_options import ModelOptions

logger = logging.getLogger(__name__)

_RECOMPILES = 64
"""Of one block: every size, batch and number format of pictures is one, up to this many."""
_LEAST_FEATURES = 1024
"""Of a layer: computing a smaller one in 8 bits costs more than it saves."""


def keep_compiled_in(folder: str) -> None:
    """Let what is compiled outlive the process. Has to come before anything is compiled."""
    if folder:
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(folder, "inductor"))
        os.environ.setdefault("TRITON_CACHE_DIR", os.path.join(folder, "triton"))


def accelerate(pipeline: Any, options: ModelOptions, device: torch.device) -> Begin:
    """``pipeline`` lies on ``device``. Raises JobFailure (unavailable) in words.

    Gives what has to be called before each call of the pipeline. Convolutions read pixels with
    their channels side by side, as tensor cores take them. What changes the numbers themselves is
    left to the options.
    """
    denoiser = denoiser_of(pipeline)
    if device.type == "cuda":
        for name in ("unet", "controlnet", "vae"):
            if (part := getattr(pipeline, name, None)) is not None:
                part.to(memory_format=torch.channels_last)
    if options.attention != "auto":
        _attend(denoiser, options.attention)
    if options.quantize:
        quantize(denoiser, options.quantize)
    begin: Begin = as_usual
    if options.step_cache and options.preset.steps > MOST_UNCACHED:
        begin = cache_steps(denoiser, options)
    if options.compile:
        compile_blocks(denoiser, options.compile_cache)
    return begin


def denoiser_of(pipeline: Any) -> Any:
    return getattr(pipeline, "unet", None) or pipeline.transformer


def compile_blocks(denoiser: Any, cache: str = "") -> None:
    """The blocks that repeat, once for all of them: seconds, where the whole takes minutes.

    A block that can't be compiled on this machine runs as it is.
    """
    keep_compiled_in(cache)
    if not getattr(denoiser, "_repeated_blocks", None):
        logger.warning("%s names no repeated blocks; not compiled.", type(denoiser).__name__)
        return
    torch._dynamo.config.recompile_limit = _RECOMPILES
    torch._dynamo.config.suppress_errors = True
    denoiser.compile_repeated_blocks()


def _attend(denoiser: Any, name: str) -> None:
    backends = {"cudnn": "_native_cudnn", "efficient": "_native_efficient", "math": "_native_math"}
    try:
        denoiser.set_attention_backend(backends.get(name, name))
    except (ValueError, RuntimeError, ImportError) as error:
        message = _("Attention by “%(name)s” can't be had on this machine: %(reason)s")
        words = {"name": name, "reason": str(error).splitlines()[0][:200]}
        raise unavailable(message % words) from error


def quantize(denoiser: Any, how: str) -> None:
    """Weights in 8 bits.

    ``fp8-storage``: kept in 8 bits, computed in the model's own format (diffusers' layerwise
    casting); ``fp8``: computed in 8 bits by tensor cores, with a scale a row and token; ``int8``:
    kept as integers. The last two need torchao. Raises JobFailure (unavailable) in words.
    """
    if how == "fp8-storage":
        denoiser.enable_layerwise_casting(
            storage_dtype=torch.float8_e4m3fn, compute_dtype=denoiser.dtype
        )
        return
    try:
        torchao: Any = import_module("torchao.quantization")
    except ImportError as error:
        message = _("QUANTIZE “%(how)s” needs the package torchao on the workers.")
        raise unavailable(message % {"how": how}) from error
    kinds: dict[str, Callable[[], Any]] = {
        "fp8": lambda: torchao.Float8DynamicActivationFloat8WeightConfig(
            granularity=torchao.PerRow()
        ),
        "int8": torchao.Int8WeightOnlyConfig,
    }
    torchao.quantize_(denoiser, kinds[how](), filter_fn=_is_large)


def _is_large(module: torch.nn.Module, name: str) -> bool:
    """The layers of the blocks; those that embed, modulate or project out are left."""
    return (
        isinstance(module, torch.nn.Linear)
        and "block" in name
        and min(module.in_features, module.out_features) >= _LEAST_FEATURES
    )
