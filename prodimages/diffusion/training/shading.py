"""Fifth stage: what a product does to the light around it.

The denoiser hardly learns shadows: a shadow is a twentieth of a picture, and among noise of
single cells it costs next to no loss. Its paintings around a product differed from those of the
empty scene by drift alone. Here a small U-Net learns the shadow by itself, from pairs of the
same path-traced scene with and without its product (``pairs``), as the factor by which light
changes. It is not noised: of what may be, it learns the mean.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from prodimages.diffusion.shading import factors
from prodimages.diffusion.training import light, parts
from prodimages.diffusion.training.charts import save_grid
from prodimages.diffusion.training.devices import placed
from prodimages.diffusion.training.hearing import Hearing
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.pairs import PairBook, Pairs
from prodimages.diffusion.training.recipe import Recipe

_PLAIN = 0.6
"""Share of samples without any shadow yet."""
_MOST_DRAWN = 0.6
"""Of a shadow, to the power of which it may be there already: what a product stands on in the
engine was drafted with one. What is missing is to be learned.
"""
_SOFT = 0.3
"""Share of batches whose surroundings are blurred, as paintings are."""
_UNCOVERED = 0.02


class ShadingStage(Stage):
    """Its U-Net alone; ``text`` stays as it is. ``held`` are pairs that sheets show."""

    name: ClassVar[str] = "shading"

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        *,
        text: Any,
        book: PairBook,
        held: Pairs | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.unet = placed(parts.shading(recipe), device)
        self.text = Hearing(text, recipe.shading_chapter).requires_grad_(False).eval()
        super().__init__(recipe, device, self.unet, recipe.shading_rate)
        self._book, self._held = book, held

    @property
    def batch(self) -> int:
        return self.recipe.shading_batch

    def loss(self, step: int) -> Tensor:
        """Mean square of the factors' error, outside of the product."""
        given = self._book.batch(step)
        drawn = self._drawn(len(given.cover))
        true = given.factors
        shown = given.shown(given.without * true**drawn)
        if self._random(1) < _SOFT:
            soft = F.avg_pool2d(shown, 3, 1, 1, count_include_pad=False)
            shown = torch.where(given.cover > 0.5, shown, soft)
        words = self.text.remembered(given.tokens)
        found = factors(self.unet, shown, given.cover, words)
        beside = (given.cover < _UNCOVERED).float()
        missing: Tensor = (found - true ** (1 - drawn)) * beside
        return missing.square().mean()

    def _drawn(self, count: int) -> Tensor:
        """(count, 1, 1, 1): to which power shadows are there already."""
        power = _MOST_DRAWN * self._random(count)
        plain = self._random(count) < _PLAIN
        return torch.where(plain, torch.zeros_like(power), power)[:, None, None, None]

    def _random(self, count: int) -> Tensor:
        return torch.rand(count, generator=self.draws, device=self.device)

    @torch.no_grad()
    def sheet(self, file: Path) -> None:
        """Rows: products on scenes, with the shadow that was learned, and as they are."""
        if self._held is None:
            return
        unet: Any = self.average.module
        held = self._held
        words = self.text(input_ids=held.tokens)[0]
        found = factors(unet, held.shown(held.without), held.cover, words)
        rows = [
            held.shown(held.without),
            held.shown((held.without * found).clamp(0, 1)),
            light.srgb(held.product),
        ]
        save_grid(file, torch.cat(rows) * 2 - 1, columns=len(held.cover))
