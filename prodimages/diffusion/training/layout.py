"""Fourth stage: from where light falls, and what else is unlike on the left and on the right.

A small denoiser of pictures a quarter as wide. On 32 x 32 noisy cells, what a caption says of
the side of the light is far under the noise, so that a loss hardly asks for it; 8 x 8 cells are
a hundredth of the work, and the difference of the halves can be asked for by itself. The picture
is then held to the layout (``layouts``).
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import torch
from torch import Tensor

from prodimages.diffusion import layouts
from prodimages.diffusion.training import flow, parts
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.devices import placed
from prodimages.diffusion.training.hearing import Hearing
from prodimages.diffusion.training.predicting import FlowStage, Say
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase

_SIDES = 1.0
"""How much the halves' difference counts beside all else, of which it is 1 of 64 numbers. What a
lamp's side does to an empty scene is a twentieth of what its colors are.
"""


class LayoutStage(FlowStage):
    """Its U-Net alone; the text encoder is the denoiser's, and stays as it is.

    ``recipe`` is that of the layout (``layout_recipe``), and so are the pictures of ``book``.
    """

    name: ClassVar[str] = "layout"

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        *,
        text: Any,
        book: Book,
        empty: Tensor,
        showcase: Showcase | None = None,
        say: Say = print,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.unet = placed(parts.denoiser(recipe, guided=False), device)
        self.text = Hearing(text, recipe.layout_chapter).requires_grad_(False).eval()
        super().__init__(
            recipe,
            device,
            self.unet,
            recipe.rate,
            book=book,
            empty=empty,
            showcase=showcase,
            say=say,
        )

    def words(self, tokens: Tensor) -> Tensor:
        states: Tensor = self.text.remembered(tokens)
        return states

    def error(self, predicted: Tensor, clean: Tensor, noise: Tensor) -> Tensor:
        missing = predicted.float() - flow.velocity(clean, noise)
        return missing.square().mean() + _SIDES * sides(missing).square().mean()

    @property
    def trained(self) -> tuple[Any, Any]:
        return self.average.module, self.text


def sides(latents: Tensor) -> Tensor:
    """(B, C, h, w) -> (B, C): how much the left half has more than the right one, as the
    coefficient of a pattern of norm 1 (1 / sqrt(h w) on the left, minus that on the right).
    """
    height, width = latents.shape[-2:]
    columns = latents.sum(dim=-2) / (height * width) ** 0.5
    left, right = columns[..., : width // 2], columns[..., width - width // 2 :]
    total: Tensor = left.sum(dim=-1) - right.sum(dim=-1)
    return total


def layout_recipe(recipe: Recipe) -> Recipe:
    """The recipe of the small denoiser, in the terms of the large one's."""
    return dataclasses.replace(
        recipe,
        side=recipe.side // layouts.COARSER,
        channels=recipe.layout_channels,
        layers=1,
        head_width=recipe.layout_head_width,
        groups=recipe.layout_groups,
        batch=recipe.layout_batch,
        rate=recipe.layout_rate,
        shift=recipe.layout_shift,
        chapter=recipe.layout_chapter,
        chapter_steps=recipe.layout_chapter_steps,
    )
