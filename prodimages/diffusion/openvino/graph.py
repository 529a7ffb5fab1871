"""From a module of torch to a graph of OpenVINO, and a run of one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _

from prodimages.diffusion.openvino.call import Call, nested
from prodimages.diffusion.weights import unavailable


def library() -> Any:
    """The package. Raises JobFailure (unavailable) where it is not installed."""
    try:
        import openvino
    except ImportError as error:
        message = _("OpenVINO is not installed on this worker: pip install “prodimages[openvino]”.")
        raise unavailable(message) from error
    return openvino


@lru_cache(maxsize=1)
def core() -> Any:
    return library().Core()


class _Traced(torch.nn.Module):
    """A module whose only arguments are its tensors, in the order of their names."""

    def __init__(self, module: torch.nn.Module, call: Call) -> None:
        super().__init__()
        self.module = module
        self._names = list(call.tensors)
        self._constants = dict(call.constants)

    def forward(self, *tensors: torch.Tensor) -> Any:
        given = nested(self._constants | dict(zip(self._names, tensors, strict=True)))
        made = self.module(**given)
        return made if isinstance(made, torch.Tensor) else made[0]


def converted(module: torch.nn.Module, call: Call) -> Any:
    """The graph of ``module`` as ``call`` calls it, for any sizes that its code doesn't fix."""
    example = tuple(value.contiguous() for value in call.tensors.values())
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, about sizes that are read as numbers
        model = library().convert_model(_Traced(module.eval(), call), example_input=example)
    if len(model.inputs) != len(example):
        raise RuntimeError(f"{type(module).__name__} leaves arguments out: {call.names}")
    for port, name in zip(model.inputs, call.tensors, strict=True):
        port.get_tensor().set_names({name})
    return model


class Graph:
    """A graph in memory, ready to run. Not for two threads at once."""

    def __init__(self, file: Path, *, precision: str = "") -> None:
        """``precision``: ``f32``, or empty for what this CPU is quickest in (bfloat16 where it
        has instructions for it). Raises RuntimeError where the file is damaged.
        """
        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        }
        if precision:
            settings["INFERENCE_PRECISION_HINT"] = precision
        compiled = core().compile_model(file, "CPU", settings)
        self.precision: str = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        self._request = compiled.create_infer_request()

    def run(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        """float32 of the same order as the names of the call that it was converted for."""
        arrays = {at: value.contiguous().numpy() for at, value in enumerate(tensors)}
        return torch.from_numpy(self._request.infer(arrays, share_inputs=True)[0])
