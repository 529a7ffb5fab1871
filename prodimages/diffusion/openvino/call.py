"""One call of a module, taken apart into what is computed with and what is not."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

_SEPARATOR = "."
_LEFT_OUT = frozenset({"self", "return_dict"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """Arguments by name; those within a dictionary by dotted name."""

    tensors: Mapping[str, torch.Tensor]
    """Each float32: whole numbers such as timesteps and masks are turned to floats within."""
    constants: Mapping[str, Any]
    """Numbers, words and truth values, which become part of what is converted."""

    @classmethod
    def of(cls, forward: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]) -> Call:
        """Raises TypeError for an argument that can't be told apart into tensors."""
        bound = inspect.signature(forward).bind(*args, **kwargs).arguments
        tensors: dict[str, torch.Tensor] = {}
        constants: dict[str, Any] = {}
        for name, value in _leaves(bound):
            if isinstance(value, torch.Tensor):
                tensors[name] = value.detach().to("cpu", torch.float32)
            elif isinstance(value, int | float | str | bool):
                constants[name] = value
            else:
                raise TypeError(f"{name} is {type(value).__name__}")
        if isinstance(step := constants.get("timestep"), int | float):
            del constants["timestep"]  # one graph for all of them
            tensors["timestep"] = torch.tensor(float(step))
        return cls(tensors=dict(sorted(tensors.items())), constants=constants)

    @property
    def shapes(self) -> str:
        return " ".join(
            f"{name}:{'x'.join(map(str, value.shape))}" for name, value in self.tensors.items()
        )

    @property
    def names(self) -> str:
        """What tells two graphs of one module apart whatever the shapes."""
        return f"{' '.join(self.tensors)} {sorted(self.constants.items())}"


def _leaves(arguments: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if value is None or name in _LEFT_OUT:
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}{_SEPARATOR}")
        else:
            yield prefix + name, value


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Undo the dotted names."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(_SEPARATOR)
        inner = whole
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return whole
