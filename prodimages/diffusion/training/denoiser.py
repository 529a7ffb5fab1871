"""Second stage: what noise hides, by the words, the mask and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from prodimages.diffusion.training import parts, warming
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.devices import placed
from prodimages.diffusion.training.predicting import FlowStage, Say
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase


class DenoiserStage(FlowStage):
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
        self.unet = placed(parts.denoiser(recipe, guided=False), device)
        self.text = parts.text_encoder(recipe, vocabulary).to(device).train()
        if warm is not None:
            self.unet.load_state_dict(warm[0])
            self.text.load_state_dict(warm[1])
        if words:
            warming.keep_convolutions(self.unet)
        both = nn.ModuleDict({"unet": self.unet, "text": self.text})
        super().__init__(
            recipe, device, both, recipe.rate, book=book, empty=empty, showcase=showcase, say=say
        )
        self._predict: Any = torch.compile(self.unet, dynamic=False) if compiled else self.unet

    def predicted(self, entered: Tensor, times: Tensor, words: Tensor) -> Tensor:
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
            return self.predicted(entered, times, words)
        return found

    @property
    def trained(self) -> tuple[Any, Any]:
        """Both averaged."""
        both: Any = self.average.module
        return both["unet"], both["text"]
