"""Words, as the small networks beside the denoiser listen to them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from prodimages.diffusion import layouts


class Hearing(nn.Module):
    """A text encoder that learns no more, and how others listen to it (``layouts.heard``).

    ``most`` captions are remembered.
    """

    def __init__(self, encoder: Any, most: int) -> None:
        super().__init__()
        self.encoder = encoder
        self._most = most
        self._heard: dict[bytes, Tensor] = {}

    def forward(self, input_ids: Tensor) -> tuple[Tensor]:
        """(B, L) token ids -> (B, 2 L, text_width)."""
        return (layouts.heard(self.encoder, input_ids),)

    @torch.no_grad()
    def remembered(self, tokens: Tensor) -> Tensor:
        """The same, of captions that come again: on a processor, hearing them takes longer than
        what is learned from them.
        """
        keys = [row.tobytes() for row in tokens.cpu().numpy()]
        if len(self._heard) > self._most:  # those of another chapter
            self._heard.clear()
        unheard = {key: at for at, key in enumerate(keys) if key not in self._heard}
        if unheard:
            states = self(input_ids=tokens[list(unheard.values())])[0]
            self._heard |= zip(unheard, states.half(), strict=True)
        return torch.stack([self._heard[key] for key in keys]).float()
