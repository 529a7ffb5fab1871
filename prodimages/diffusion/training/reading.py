"""Captions of views as token ids, made ahead by other processes; imports neither torch nor
transformers, which would take each of them seconds to start.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from prodimages.diffusion.training.dyes import Dyes
from prodimages.diffusion.training.views import Kind, Views

Facts = dict[str, Any]
_PARTS = 8


@dataclasses.dataclass(frozen=True)
class Library:
    """All that it takes to say what a view shows."""

    facts: Sequence[Facts]
    caption: Callable[..., str]
    mirrored: Callable[[Facts], Facts]
    dyes: Dyes | None = None
    tokenizer: str = ""
    """As JSON of the library tokenizers."""
    context: int = 0

    def captions(self, views: Views, seed: int) -> list[str]:
        """One a view. An empty scene is told without its product."""
        rng = np.random.default_rng(seed)
        return [self._caption(views, at, rng) for at in range(len(views))]

    def _caption(self, views: Views, at: int, rng: np.random.Generator) -> str:
        facts = self.facts[views.scene[at]]
        if self.dyes is not None:
            facts = self.dyes.renamed(facts, views.dyed[at])
        if views.kind[at] >= Kind.EMPTY:
            facts = facts | {"product": None}
        if views.flipped[at]:
            facts = self.mirrored(facts)
        warmth, brightness = float(views.warmth[at]), float(views.brightness[at])
        return self.caption(facts, rng, warmth=warmth, brightness=brightness)

    def ids(self, texts: Sequence[str]) -> np.ndarray:
        """(n, context) int16, as the pipeline reads a prompt: cut, and padded with the end."""
        reads = Tokenizer.from_str(self.tokenizer)
        reads.enable_truncation(self.context)
        reads.enable_padding(length=self.context, pad_id=1, pad_token="<|endoftext|>")  # noqa: S106
        return np.asarray([one.ids for one in reads.encode_batch(list(texts))], dtype=np.int16)


class Reader:
    """Reads the views of a chapter ahead, in ``workers`` processes; 0 reads in this one."""

    def __init__(self, library: Library, workers: int) -> None:
        self.library = library
        self._pool = (
            ProcessPoolExecutor(
                workers,
                mp_context=get_context("spawn"),
                initializer=_open,
                initargs=(library,),
            )
            if workers
            else None
        )

    def submit(self, views: Views, seed: int) -> list[Callable[[], np.ndarray]]:
        """Parts of the result, in order, each to be called for."""
        # As many parts whatever the number of processes, so that the words stay the same.
        cuts = np.linspace(0, len(views), _PARTS + 1).astype(int)
        pieces = [
            (views[slice(start, stop)], seed + number)
            for number, (start, stop) in enumerate(itertools.pairwise(cuts))
        ]
        if self._pool is None:
            return [lambda piece=piece: _read(self.library, *piece) for piece in pieces]  # type: ignore[misc]
        futures: list[Future[np.ndarray]] = [
            self._pool.submit(_read_opened, *piece) for piece in pieces
        ]
        return [future.result for future in futures]

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _read(library: Library, views: Views, seed: int) -> np.ndarray:
    return library.ids(library.captions(views, seed))


_opened: list[Library] = []


def _open(library: Library) -> None:
    _opened[:] = [library]


def _read_opened(views: Views, seed: int) -> np.ndarray:
    return _read(_opened[0], views, seed)
