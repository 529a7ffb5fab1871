"""What sheets show: fixed scenes and words that the training never saw, chosen by a seed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from prodimages.diffusion.training import flow, sampling, views
from prodimages.diffusion.training.chapters import Latents, encoded, joined
from prodimages.diffusion.training.charts import save_grid
from prodimages.diffusion.training.devices import autocast
from prodimages.diffusion.training.frames import Frames, frames
from prodimages.diffusion.training.guidance import embedding
from prodimages.diffusion.training.reading import Library
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

_SHOWN = 8
_MEASURED = 128
_ENCODED = 32
"""Pictures that are encoded at once."""


@dataclasses.dataclass(frozen=True)
class Example:
    frames: Frames
    latents: Latents
    captions: list[str]


class Showcase:
    """Held-out scenes, ready to be painted and measured."""

    def __init__(
        self,
        recipe: Recipe,
        held: Scenes,
        library: Library,
        autoencoder: Any,
        empty: Tensor,
        only: views.Kind | None = None,
    ) -> None:
        self._recipe = recipe
        self._held = held
        self._library = dataclasses.replace(library, facts=held.facts, dyes=None)
        self._autoencoder = autoencoder
        self._empty = empty
        rng = np.random.default_rng(recipe.seed)
        with_product, order = held.has_product, rng.permutation(len(held))
        products = [at for at in order if with_product[at]][:_SHOWN] or [int(order[0])]
        around = self._example(views.plain(np.asarray(products), views.Kind.AROUND))
        words = self._example(views.plain(order[:_SHOWN], views.Kind.EMPTY))
        self._shown = [around, words] if only is None else [words]
        drawn = views.draw(with_product, held.weights, _MEASURED, rng)
        self._measured = self._example(drawn if only is None else drawn.all(only)).latents

    def _example(self, shown: views.Views) -> Example:
        seen = frames(self._held, shown)
        captions = self._library.captions(shown, self._recipe.seed)
        tokens = torch.from_numpy(self._library.ids(captions)).to(seen.picture.device)
        parts = [
            encoded(self._autoencoder, some, tokens[start : start + _ENCODED]).float()
            for start, some in seen.split(_ENCODED)
        ]
        return Example(seen, joined(parts), captions)

    def draw(self, file: Path, unet: Any, text: Any) -> None:
        """Rows: renders, what is kept of them, paintings; then empty renders and paintings."""
        rows, captions = [], []
        for example in self._shown:
            painted = sampling.sample(
                unet,
                text,
                example.latents,
                self._empty,
                scale=self._recipe.shown_guidance,
                steps=self._recipe.steps,
                seed=self._recipe.seed,
            )
            pictures = sampling.decoded(self._autoencoder, painted)
            kept = [example.frames.seen] if (example.latents.mask < 1).any() else []
            rows += [_padded(row) for row in (example.frames.picture, *kept, pictures)]
            captions += example.captions
        save_grid(file, torch.cat(rows), columns=_SHOWN, notes=captions)

    @torch.no_grad()
    def loss(self, unet: Any, text: Any) -> float:
        """Flow loss of held-out scenes, at fixed times and noise; comparable between runs."""
        batch, device = self._measured, self._measured.mask.device
        draws = torch.Generator().manual_seed(self._recipe.seed)
        noise = torch.randn(batch.clean.shape, generator=draws).to(device)
        times = torch.linspace(0.02, 0.98, len(batch.clean)).to(device)
        entered = torch.cat([flow.noised(batch.clean, noise, times), batch.mask, batch.seen], dim=1)
        width = unet.config.time_cond_proj_dim
        condition = embedding(torch.ones_like(times), width) if width else None
        with autocast(device):
            predicted = unet(
                entered,
                times * flow.TIMESTEPS,
                encoder_hidden_states=text(input_ids=batch.tokens)[0],
                timestep_cond=condition,
            ).sample
        return float(flow.flow_loss(predicted, batch.clean, noise))


def _padded(row: Tensor) -> Tensor:
    """A row of the sheet, white where it is short."""
    missing = _SHOWN - len(row)
    return (
        torch.cat([row, torch.ones_like(row[:1]).expand(missing, -1, -1, -1)]) if missing else row
    )
