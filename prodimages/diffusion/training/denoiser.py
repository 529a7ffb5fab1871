"""Second stage: what noise hides, by the words, the mask and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from prodimages.diffusion.training import flow, parts, warming
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.devices import autocast, placed
from prodimages.diffusion.training.guidance import without_captions
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase

Say = Callable[[str], None]


class DenoiserStage(Stage):
    """The U-Net and the text encoder together, on one loss."""

    name: ClassVar[str] = "denoiser"

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        *,
        vocabulary: int,
        book: Book,
        empty: Tensor,
        showcase: Showcase | None = None,
        compiled: bool = False,
        words: bool = False,
        warm: tuple[Mapping[str, Tensor], Mapping[str, Tensor]] | None = None,
        say: Say = print,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.unet: Any = placed(parts.denoiser(recipe, guided=False), device)
        self.text: Any = parts.text_encoder(recipe, vocabulary).to(device).train()
        if warm is not None:
            self.unet.load_state_dict(warm[0])
            self.text.load_state_dict(warm[1])
        if words:
            warming.keep_convolutions(self.unet)
        both = nn.ModuleDict({"unet": self.unet, "text": self.text})
        super().__init__(recipe, device, both, recipe.rate)
        self._book = book
        self._empty = empty
        self._showcase = showcase
        self._say = say
        self._predict: Any = torch.compile(self.unet, dynamic=False) if compiled else self.unet

    @property
    def batch(self) -> int:
        return self.recipe.batch

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
            words = self.text(input_ids=tokens)[0]
            predicted = self._predicted(entered, times * flow.TIMESTEPS, words)
        return flow.flow_loss(predicted, batch.clean, noise)

    def _predicted(self, entered: Tensor, times: Tensor, words: Tensor) -> Tensor:
        entered = entered.contiguous(memory_format=torch.channels_last)
        try:
            found: Tensor = self._predict(
                entered, times, encoder_hidden_states=words, return_dict=False
            )[0]
        except Exception as error:
            if self._predict is self.unet:
                raise
            self._say(f"{self.name}: not compiled: {error!r}"[:500])
            self._predict = self.unet
            return self._predicted(entered, times, words)
        return found

    def sheet(self, file: Path) -> None:
        if self._showcase is not None:
            unet, text = self.trained
            self._say(f"{self.name}: held-out loss {self._showcase.loss(unet, text):.5f}")
            self._showcase.draw(file, unet, text)

    @property
    def trained(self) -> tuple[Any, Any]:
        """The averaged U-Net and text encoder."""
        both: Any = self.average.module
        return both["unet"], both["text"]
