"""The LoRAs that styles name: one is swapped for another in place, and nothing is compiled again.

A LoRA (Hu et al. 2021) adds to a layer the product of two thin matrices. The model is given one of
zeros first, as wide as the widest and in every layer that any of them changes; to take another is
to copy numbers into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from diffusers.utils import state_dict_utils
from django.utils.translation import gettext as _

from prodimages.diffusion.weights import checked, unavailable

Weights = dict[str, torch.Tensor]
_SLOT = "style"
NONE = ""
"""The name under which a model paints without any."""


class Loras:
    """Of one model. Not thread-safe, as the model isn't."""

    def __init__(self, pipeline: Any, declared: Mapping[str, Mapping[str, str]]) -> None:
        """``declared``: name -> ``PATH`` and ``SHA256``. Raises JobFailure (unavailable)."""
        self._pipeline = pipeline
        self._prefix = pipeline.unet_name if hasattr(pipeline, "unet") else "transformer"
        self._kept = {name: self._read(name, one) for name, one in declared.items()}
        rank = _rank(self._kept.values())
        self._kept[NONE] = _nothing(self._kept.values(), rank)
        self.worn: str | None = None
        self._denoiser.enable_lora_hotswap(target_rank=rank)
        for name in (NONE, *declared, NONE):  # one that doesn't fit is found before a job names it
            self._try(name)

    def wear(self, name: str) -> None:
        """Paint with the LoRA ``name`` from now on. Raises KeyError for one not declared."""
        if name == self.worn:
            return
        self._put(name, hotswap=self.worn is not None)
        self.worn = name

    def _try(self, name: str) -> None:
        try:
            self.wear(name)
        except (KeyError, RuntimeError, ValueError) as error:
            message = _("LORAS: “%(name)s” does not fit the model: %(reason)s")
            which = name or ", ".join(filter(None, self._kept))
            words = {"name": which, "reason": str(error).splitlines()[0][:200]}
            raise unavailable(message % words) from error

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

    def _read(self, name: str, one: Mapping[str, str]) -> Weights:
        """Its weights on the CPU, by the names of the library peft."""
        file = checked(one)
        found = self._pipeline.lora_state_dict(
            str(file.parent), weight_name=file.name, use_safetensors=True, local_files_only=True
        )
        weights, alphas = found[:2] if isinstance(found, tuple) else (found, None)
        if not weights or not all(key.startswith(f"{self._prefix}.") for key in weights):
            message = _("LORAS: “%(name)s” changes more than the denoiser, which can't be swapped.")
            raise unavailable(message % {"name": name})
        if not any("lora_A" in key for key in weights):
            convert: Any = state_dict_utils.convert_unet_state_dict_to_peft
            weights = convert(weights)
        return _scaled(weights, alphas)


def _scaled(weights: Weights, alphas: Mapping[str, float] | None) -> Weights:
    """With alpha / rank multiplied in, so that all of them have the factor 1.

    Hu et al. 2021: what is added is alpha / rank times the product of both.
    """
    if not alphas:
        return weights
    scaled = dict(weights)
    for key, alpha in alphas.items():
        up = key.removesuffix(".alpha") + ".lora_B.weight"
        if up in scaled:
            scaled[up] = scaled[up] * (float(alpha) / scaled[up].shape[1])
    return scaled


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
            shapes[key][0 if "lora_A" in key else 1] = rank
    return {key: torch.zeros(shape) for key, shape in shapes.items()}
