"""Modules without weights of torch, in the place of those that a pipeline would load."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models.modeling_outputs import Transformer2DModelOutput

from prodimages.diffusion.openvino.call import Call
from prodimages.diffusion.openvino.part import Part


class _Denoiser:
    """What overlays a class of diffusers, whose own parameters stay without memory."""

    part: Part
    dtype = torch.float32
    device = torch.device("cpu")

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """It stays where OpenVINO runs."""
        return self

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        call = Call.of(_forward_of(type(self)), (self, *args), kwargs)
        made = self.part.run(call)
        return Transformer2DModelOutput(sample=made) if kwargs.get("return_dict", True) else (made,)


def _forward_of(kind: type) -> Any:
    """The signature that it stands for is that of the class of diffusers."""
    return kind.__mro__[2].forward  # type: ignore[attr-defined]


def denoiser(kind: Any, config: dict[str, Any], part: Part) -> Any:
    """A ``kind`` of ``config`` that runs ``part``; it takes next to no memory itself."""
    overlaid = type(f"OpenVino{kind.__name__}", (_Denoiser, kind), {"__module__": __name__})
    with torch.device("meta"):
        made: Any = overlaid.from_config(config)  # type: ignore[attr-defined]
    made.part = part
    return made.eval()


class Half(torch.nn.Module):
    """The encoder or the decoder of an autoencoder: one tensor in, one out."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part
        # An autoencoder tells its format and device by what it finds in itself.
        self.register_buffer("format", torch.zeros(0), persistent=False)

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        return self.part.run(Call.of(_one_tensor, (sample,), {}))


class OneTensor(torch.nn.Module):
    """Calls what an autoencoder calls by another name of its argument."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.inner(sample)
        return made


def _one_tensor(sample: torch.Tensor) -> None:
    """The arguments of a half, whatever its class calls them."""


def parts_of(pipeline: Any) -> list[Part]:
    """Those of the pipeline's modules that run in OpenVINO."""
    found = [getattr(part, "part", None) for part in pipeline.components.values()]
    vae = getattr(pipeline, "vae", None)
    found += [getattr(getattr(vae, half, None), "part", None) for half in ("encoder", "decoder")]
    return [part for part in found if isinstance(part, Part)]
