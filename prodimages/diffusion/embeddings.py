"""Remembers what text encoders made of a prompt: a shop's style asks the same of every product."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import torch

MOST = 32
"""Prompts of a model; those of FLUX.2 klein take 8 MB each."""


class PromptMemory:
    """One for each set of weights, as all its pipelines share their text encoders."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self.hits = self.misses = 0

    def attach(self, pipeline: Any) -> None:
        """Let ``pipeline`` encode each prompt once. Classes without ``encode_prompt`` are left."""
        encode = getattr(pipeline, "encode_prompt", None)
        if encode is None:
            return
        signature = inspect.signature(encode)

        def remembered(*args: Any, **kwargs: Any) -> Any:
            given = dict(signature.bind(*args, **kwargs).arguments)
            if (rows := _rows(given)) is None:
                return encode(**given)
            try:
                # A pipeline that was turned to another number format reads embeddings of that.
                maker = type(pipeline).__name__, getattr(pipeline, "dtype", None)
                return joined([self._of(maker, row, encode) for row in rows])
            except _Apart:
                return encode(**given)

        pipeline.encode_prompt = remembered

    def forget(self) -> None:
        """The text encoders or their number format have changed."""
        self._known.clear()

    def _of(self, maker: Hashable, row: dict[str, Any], encode: Any) -> Any:
        key = (maker, *((name, _hashable(value)) for name, value in row.items()))
        if key in self._known:
            self.hits += 1
            self._known.move_to_end(key)
            return self._known[key]
        self.misses += 1
        self._known[key] = made = encode(**row)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return made


class _Apart(Exception):
    """What was made of single prompts does not fit together, or can't be told apart."""


def _rows(given: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The arguments for each prompt alone; None where they aren't a plain list of prompts."""
    prompts = given.get("prompt")
    if not isinstance(prompts, list) or not prompts:
        return None
    count = len(prompts)

    def own(value: Any, at: int) -> Any:
        return value[at : at + 1] if isinstance(value, list) and len(value) == count else value

    return [{name: own(value, at) for name, value in given.items()} for at in range(count)]


def _hashable(value: Any) -> Hashable:
    """Raises _Apart for embeddings, pictures and whatever else is no plain value."""
    if isinstance(value, list | tuple):
        return tuple(_hashable(one) for one in value)
    if value is None or isinstance(value, str | int | float | torch.device | torch.dtype):
        return value
    raise _Apart


def joined(rows: Sequence[Any]) -> Any:
    """A batch from what was made of each prompt: tensors are joined along their first axis.

    Raises _Apart where encoders cut their output to the prompt's length.
    """
    first = rows[0]
    if len(rows) == 1 or all(row is None for row in rows):
        return first
    if isinstance(first, tuple):
        return tuple(joined(parts) for parts in zip(*rows, strict=True))
    if isinstance(first, list):
        return [part for row in rows for part in row]
    if isinstance(first, torch.Tensor) and len({row.shape for row in rows}) == 1:
        return torch.cat(list(rows))
    raise _Apart
