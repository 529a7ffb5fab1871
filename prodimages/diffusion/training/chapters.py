"""Samples in latents, some thousand at a time, each used a few times with new noise.

A chapter follows from the recipe's seed and its number alone, so that training that was
killed goes on with the very samples that it would have seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from prodimages.diffusion.training import views
from prodimages.diffusion.training.devices import autocast
from prodimages.diffusion.training.frames import Frames, frames, latent_mask
from prodimages.diffusion.training.reading import Reader
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

_ENCODED = {"cpu": 32, "cuda": 128}
"""Pictures that are encoded at once; fewer where what is between layers has to fit a cache."""


@dataclasses.dataclass(frozen=True)
class Latents:
    """A batch, or a chapter."""

    clean: Tensor
    """(n, 4, s, s): what the picture's latents are."""
    mask: Tensor
    """(n, 1, s, s): 1 where it is painted."""
    seen: Tensor
    """(n, 4, s, s): latents of what is kept, gray elsewhere."""
    tokens: Tensor
    """(n, L) token ids."""

    def __getitem__(self, at: Tensor | slice) -> Latents:
        return Latents(self.clean[at], self.mask[at], self.seen[at], self.tokens[at])

    def float(self) -> Latents:
        return Latents(self.clean.float(), self.mask.float(), self.seen.float(), self.tokens.long())


@torch.no_grad()
def encoded(autoencoder: Any, seen: Frames, tokens: Tensor) -> Latents:
    """Latents of pixels, times the autoencoder's scaling factor, as the pipeline makes them."""
    factor = autoencoder.config.scaling_factor
    with autocast(seen.picture.device):
        clean = autoencoder.encoder(seen.picture) * factor
        kept = _kept(autoencoder, seen) * factor
    return Latents(
        clean=clean.half(), mask=latent_mask(seen.mask).half(), seen=kept.half(), tokens=tokens
    )


def _kept(autoencoder: Any, seen: Frames) -> Tensor:
    """On a processor, where it pays, all that is plain gray is encoded once."""
    if seen.seen.device.type != "cpu":
        encoded: Tensor = autoencoder.encoder(seen.seen)
        return encoded
    some = (seen.mask < 0.5).flatten(1).any(dim=1)
    gray = autoencoder.encoder(torch.zeros_like(seen.seen[:1]))
    kept: Tensor = gray.repeat(len(some), 1, 1, 1)
    if some.any():
        kept[some] = autoencoder.encoder(seen.seen[some])
    return kept


def joined(parts: Sequence[Latents]) -> Latents:
    """One after the other."""
    return Latents(
        clean=torch.cat([part.clean for part in parts]),
        mask=torch.cat([part.mask for part in parts]),
        seen=torch.cat([part.seen for part in parts]),
        tokens=torch.cat([part.tokens for part in parts]),
    )


class Book:
    """All chapters, of which one is open and the next is being read."""

    def __init__(
        self,
        recipe: Recipe,
        scenes: Scenes,
        autoencoder: Any,
        reader: Reader,
        only: views.Kind | None = None,
    ) -> None:
        self._only = only
        self._recipe = recipe
        self._scenes = scenes
        self._has_product, self._weights = scenes.has_product, scenes.weights
        self._autoencoder = autoencoder
        self._reader = reader
        self._number = -1
        self._open: Latents | None = None
        self._order = torch.empty(0, dtype=torch.long)
        self._ahead: dict[int, tuple[views.Views, list[Callable[[], np.ndarray]]]] = {}

    def batch(self, step: int) -> Latents:
        """That of a step; the same whenever it is asked for."""
        number, within = divmod(step, self._recipe.chapter_steps)
        if number != self._number:
            self._turn(number)
        assert self._open is not None
        start = within * self._recipe.batch
        at = torch.arange(start, start + self._recipe.batch, device=self._order.device)
        return self._open[self._order[at % len(self._order)]].float()

    def _turn(self, number: int) -> None:
        drawn, reading = self._ahead.pop(number) if number in self._ahead else self._read(number)
        self._ahead = {number + 1: self._read(number + 1)}
        device = self._scenes.light.device
        self._open = None  # its memory is needed for the next
        parts = []
        at_once = _ENCODED.get(device.type, 32)
        for start in range(0, len(drawn), at_once):
            some = drawn[start : start + at_once]
            unread = torch.empty(len(some), 0, device=device)
            parts.append(encoded(self._autoencoder, frames(self._scenes, some), unread))
        tokens = torch.from_numpy(np.concatenate([read() for read in reading])).to(device)
        self._open = Latents(
            clean=torch.cat([part.clean for part in parts]),
            mask=torch.cat([part.mask for part in parts]),
            seen=torch.cat([part.seen for part in parts]),
            tokens=tokens,
        )
        order = shuffled(
            seed_of(self._recipe, number),
            self._recipe.chapter_steps * self._recipe.batch,
            len(drawn),
        )
        self._order = order.to(device)
        self._number = number

    def _read(self, number: int) -> tuple[views.Views, list[Callable[[], np.ndarray]]]:
        seed = seed_of(self._recipe, number)
        rng = np.random.default_rng(seed)
        drawn = views.draw(
            self._has_product, self._weights, self._recipe.chapter, rng, self._scenes.dyes
        )
        if self._only is not None:
            drawn = drawn.all(self._only)
        return drawn, self._reader.submit(drawn, seed)


def seed_of(recipe: Recipe, number: int) -> int:
    """Of all that is drawn for a chapter."""
    return recipe.seed * 1_000_003 + number


def shuffled(seed: int, needed: int, count: int) -> Tensor:
    """(at least ``needed``,) numbers below ``count``: several times through a chapter, each in an
    order of its own.
    """
    rng = np.random.default_rng(seed)
    times = max(1, -(-needed // count))
    return torch.from_numpy(np.concatenate([rng.permutation(count) for _time in range(times)]))
