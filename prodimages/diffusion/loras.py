"""The LoRAs that styles name: one is swapped for another in place, and nothing is compiled again.

A LoRA (Hu et al. 2021) adds to a layer the product of two thin matrices. The model is given one of
zeros first, as wide as the widest and in every layer that any of them changes; to take another is
to copy numbers into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers.utils import state_dict_utils
from django.utils.translation import gettext as _
from safetensors import SafetensorError

from prodimages.diffusion.weights import checked, unavailable

Weights = dict[str, torch.Tensor]
_SLOT, _DOWN, _UP = "style", ".lora_A.weight", ".lora_B.weight"
NONE = ""
"""The name under which a model paints without any."""


class Loras:
    """Of one model. Not thread-safe, as the model isn't."""

    def __init__(self, pipeline: Any, declared: Mapping[str, Mapping[str, str]]) -> None:
        """``declared``: name -> ``PATH`` and ``SHA256``. Raises JobFailure (unavailable)."""
        self._pipeline = pipeline
        self._prefix = "unet" if hasattr(pipeline, "unet") else "transformer"
        self._kept: dict[str, Weights] = {}
        self.worn: str | None = None
        for name, one in declared.items():
            with _in_words(name):
                self._kept[name] = self._read(checked(one), name)
        rank = _rank(self._kept.values())
        self._kept[NONE] = _nothing(self._kept.values(), rank)
        self._denoiser.enable_lora_hotswap(target_rank=rank)
        for name in (NONE, *declared, NONE):  # one that doesn't fit is found before a job names it
            with _in_words(name or ", ".join(declared)):
                self.wear(name)

    def wear(self, name: str) -> None:
        """Paint with the LoRA ``name`` from now on. Raises KeyError for one not declared."""
        if name == self.worn:
            return
        self._put(name, hotswap=self.worn is not None)
        self.worn = name

    @property
    def _denoiser(self) -> Any:
        return getattr(self._pipeline, self._prefix)

    def _put(self, name: str, *, hotswap: bool) -> None:
        self._denoiser.load_lora_adapter(
            dict(self._kept[name]),
            prefix=self._prefix,
            adapter_name=_SLOT,
            hotswap=hotswap,
            _pipeline=self._pipeline,
        )

    def _read(self, file: Path, name: str) -> Weights:
        """On the CPU, by the names of the library peft."""
        kept: Any = self._pipeline.lora_state_dict(
            str(file.parent),
            weight_name=file.name,
            use_safetensors=True,
            local_files_only=True,
            return_lora_metadata=True,
        )
        # Of Stable Diffusion's classes, with the alphas in between.
        weights, alphas, facts = kept if len(kept) == 3 else (kept[0], None, kept[1])
        if not all(key.startswith(f"{self._prefix}.") for key in weights):
            message = _("LORAS: “%(name)s” changes more than the denoiser, which can't be swapped.")
            raise unavailable(message % {"name": name})
        # Each alpha has the name of the first matrix of its layer.
        alphas = {key.removesuffix(".alpha"): value for key, value in (alphas or {}).items()}
        if not any("lora_A" in key for key in weights):
            convert: Any = state_dict_utils.convert_unet_state_dict_to_peft
            weights, alphas = convert(weights), convert(alphas)
        found = _own(facts, self._prefix)
        return {
            key: one * _scale(key, one.shape[1], alphas, found, self._prefix)
            if key.endswith(_UP)
            else one
            for key, one in weights.items()
        }


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """What is wrong with a file, for whoever wrote the settings."""
    try:
        yield
    except (KeyError, OSError, RuntimeError, SafetensorError, TypeError, ValueError) as error:
        message = _("LORAS: “%(name)s” does not fit the model: %(reason)s")
        reason = str(error).splitlines()[:1] or [type(error).__name__]
        raise unavailable(message % {"name": name, "reason": reason[0][:200]}) from error


def _own(facts: Mapping[str, Any] | None, prefix: str) -> dict[str, Any]:
    """The settings that it was trained with, where the file has them."""
    return {key.removeprefix(f"{prefix}."): value for key, value in (facts or {}).items()}


def _scale(
    key: str, rank: int, alphas: Mapping[str, float], facts: Mapping[str, Any], prefix: str
) -> float:
    """By which the product of both matrices is multiplied: alpha / rank (Hu et al. 2021).

    It is put into the weights, so that what takes their place in the model always has 1. Kohya's
    files give an alpha for each layer, those of diffusers one for all and others for some. By
    rsLoRA (Kalajdzievski 2023) the rank's root is divided by.
    """
    layer = key.removesuffix(_UP)
    alpha: Any = alphas.get(f"{layer}{_DOWN}", alphas.get(layer))
    if alpha is None:
        layer = layer.removeprefix(f"{prefix}.")
        some: Mapping[str, Any] = facts.get("alpha_pattern") or {}
        names = [name for name in some if layer.endswith(name.lstrip("^"))]
        alpha = some[names[0]] if names else facts.get("lora_alpha", rank)
    return float(alpha) / (rank**0.5 if facts.get("use_rslora") else rank)


def _rank(all_of_them: Iterable[Weights]) -> int:
    """The largest."""
    return max(
        one.shape[0] for weights in all_of_them for key, one in weights.items() if "lora_A" in key
    )


def _nothing(all_of_them: Iterable[Weights], rank: int) -> Weights:
    """Zeros of one ``rank`` for each layer that any of them changes."""
    shapes: dict[str, list[int]] = {}
    for weights in all_of_them:
        for key, one in weights.items():
            shapes[key] = list(one.shape)
            if one.ndim > 1:
                shapes[key][0 if "lora_A" in key else 1] = rank
    return {key: torch.zeros(shape) for key, shape in shapes.items()}
