"""Scenes with and without their product, from which a shadow is learned as light alone.

A chapter follows from the recipe's seed and its number, as in ``chapters``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from prodimages.diffusion.shading import LEAST, MOST
from prodimages.diffusion.training import light, views
from prodimages.diffusion.training.chapters import seed_of, shuffled
from prodimages.diffusion.training.frames import framed
from prodimages.diffusion.training.reading import Library, Reader
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

_AT_ONCE = 128
_DARKEST = 0.01
"""Of linear light: below it a ratio is noise of the path tracer."""


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Of linear light 0..1 as it is shown, after the tone curve."""

    without: Tensor
    """(n, 3, s, s)"""
    product: Tensor
    """(n, 3, s, s): the scene with it."""
    cover: Tensor
    """(n, 1, s, s) 0..1: where the product is."""
    tokens: Tensor
    """(n, L) token ids; empty where nothing is read."""

    def __getitem__(self, at: Tensor | slice) -> Pairs:
        return Pairs(self.without[at], self.product[at], self.cover[at], self.tokens[at])

    @property
    def factors(self) -> Tensor:
        """(n, 3, s, s): what the product does to the light around it."""
        return ((self.product + _DARKEST) / (self.without + _DARKEST)).clamp(LEAST, MOST)

    def shown(self, without: Tensor) -> Tensor:
        """(n, 3, s, s) sRGB 0..1: the product, laid on a scene of linear light."""
        around = light.srgb(without) * (1 - self.cover)
        return around + light.srgb(self.product) * self.cover


def pairs(scenes: Scenes, shown: views.Views, tokens: Tensor) -> Pairs:
    """Of scenes that have a product."""
    parts = []
    for start in range(0, len(shown), _AT_ONCE):
        some = shown[start : start + _AT_ONCE]
        product, cover = framed(scenes, some.all(views.Kind.PICTURED))
        without, _none = framed(scenes, some.all(views.Kind.EMPTY))
        parts.append((light.tone(without), light.tone(product), cover))
    without, product, cover = (torch.cat(part) for part in zip(*parts, strict=True))
    return Pairs(without, product, cover, tokens)


def casting(scenes: Scenes) -> np.ndarray:
    """(N,) 1 for scenes whose product throws a path-traced shadow, else 0: the studio has
    drawn its shadows itself.
    """
    traced = [facts.get("source") != "studio" for facts in scenes.facts]
    found: np.ndarray = scenes.has_product & np.asarray(traced)
    return found.astype(float)


def example(scenes: Scenes, library: Library, seed: int, count: int = 8) -> Pairs | None:
    """Of the first scenes that there is something to see in; None where there is none."""
    at = np.flatnonzero(casting(scenes))[:count]
    if not len(at):
        return None
    shown = views.plain(at, views.Kind.EMPTY)
    of_these = dataclasses.replace(library, facts=scenes.facts, dyes=None)
    tokens = torch.from_numpy(of_these.ids(of_these.captions(shown, seed))).long()
    return pairs(scenes, shown, tokens.to(scenes.light.device))


class PairBook:
    """All chapters, of which one is open and the next is being read.

    Raises ValueError where no scene has a path-traced shadow.
    """

    def __init__(self, recipe: Recipe, scenes: Scenes, reader: Reader) -> None:
        self._recipe, self._scenes, self._reader = recipe, scenes, reader
        self._weights = casting(scenes)
        if not self._weights.any():
            raise ValueError("No scene has a product with a path-traced shadow.")
        self._number = -1
        self._open: Pairs | None = None
        self._order = torch.empty(0, dtype=torch.long)
        self._ahead: dict[int, tuple[views.Views, list[Callable[[], np.ndarray]]]] = {}

    def batch(self, step: int) -> Pairs:
        """That of a step; the same whenever it is asked for."""
        recipe = self._recipe
        number, within = divmod(step, recipe.shading_chapter_steps)
        if number != self._number:
            self._turn(number)
        assert self._open is not None
        start = within * recipe.shading_batch
        at = torch.arange(start, start + recipe.shading_batch)
        return self._open[self._order[at % len(self._order)]]

    def _turn(self, number: int) -> None:
        drawn, reading = self._ahead.pop(number) if number in self._ahead else self._read(number)
        self._ahead = {number + 1: self._read(number + 1)}
        device = self._scenes.light.device
        tokens = torch.from_numpy(np.concatenate([read() for read in reading])).long()
        self._open = pairs(self._scenes, drawn, tokens.to(device))
        needed = self._recipe.shading_chapter_steps * self._recipe.shading_batch
        order = shuffled(seed_of(self._recipe, number), needed, len(drawn))
        self._order = order.to(device)
        self._number = number

    def _read(self, number: int) -> tuple[views.Views, list[Callable[[], np.ndarray]]]:
        seed = seed_of(self._recipe, number)
        drawn = views.draw(
            self._scenes.has_product,
            self._weights,
            self._recipe.shading_chapter,
            np.random.default_rng(seed),
            self._scenes.dyes,
        )
        # What is said is the scene: a painter of surroundings is not told of the product.
        return drawn, self._reader.submit(drawn.all(views.Kind.EMPTY), seed)
