"""What learning to predict the way from noise to pictures takes, whatever learns it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from prodimages.diffusion.training import flow
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.devices import autocast
from prodimages.diffusion.training.guidance import without_captions
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase

Say = Callable[[str], None]


class BookStage(Stage):
    """What learns from the chapters of a book."""

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        learned: nn.Module,
        peak: float,
        *,
        book: Book,
        empty: Tensor,
        showcase: Showcase | None,
        say: Say,
    ) -> None:
        super().__init__(recipe, device, learned, peak)
        self._book = book
        self._empty = empty
        self._showcase = showcase
        self._say = say

    @property
    def batch(self) -> int:
        return self.recipe.batch


class FlowStage(BookStage):
    """A U-Net on the loss of flow matching, a share of its samples without their caption."""

    unet: Any
    text: Any

    def loss(self, step: int) -> Tensor:
        batch = self._book.batch(step)
        count, draws = len(batch.clean), self.draws
        times = flow.draw_times(
            count, draws, uniform=self.recipe.uniform, shift=self.recipe.shift, device=self.device
        )
        noise = torch.randn(batch.clean.shape, generator=draws, device=self.device)
        dropped = torch.rand(count, generator=draws, device=self.device)
        tokens = without_captions(batch.tokens, self._empty, self.recipe.unconditional, dropped)
        entered = torch.cat([flow.noised(batch.clean, noise, times), batch.mask, batch.seen], dim=1)
        with autocast(self.device):
            predicted = self.predicted(entered, times * flow.TIMESTEPS, self.words(tokens))
        return self.error(predicted, batch.clean, noise)

    def error(self, predicted: Tensor, clean: Tensor, noise: Tensor) -> Tensor:
        return flow.flow_loss(predicted, clean, noise)

    def words(self, tokens: Tensor) -> Tensor:
        """(B, L) token ids -> (B, L, text_width) states."""
        states: Tensor = self.text(input_ids=tokens)[0]
        return states

    def predicted(self, entered: Tensor, times: Tensor, words: Tensor) -> Tensor:
        """The velocity, from latents, mask and what is seen (B, 9, s, s), times (B,) in 0..1000."""
        entered = entered.contiguous(memory_format=torch.channels_last)
        found: Tensor = self.unet(entered, times, encoder_hidden_states=words, return_dict=False)[0]
        return found

    def sheet(self, file: Path) -> None:
        if self._showcase is not None:
            unet, text = self.trained
            self._say(f"{self.name}: held-out loss {self._showcase.loss(unet, text):.5f}")
            self._showcase.draw(file, unet, text)

    @property
    @abstractmethod
    def trained(self) -> tuple[Any, Any]:
        """The averaged U-Net, and the text encoder that it listens to."""
