"""What the denoiser makes of scenes: their latents, made noisy and painted again from the same
words. A decoder learns by them what paintings look like, which are smoother than pictures.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from prodimages.diffusion.training import checkpoints, sampling, views
from prodimages.diffusion.training.chapters import Latents
from prodimages.diffusion.training.devices import autocast
from prodimages.diffusion.training.frames import frames
from prodimages.diffusion.training.reading import Library
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

COARSE = 4
"""Pixels of a side of the blocks that a painting is kept to."""
_AT_ONCE = 8
_BEGINS = (1, 2, 3, 4, 5)
"""Steps of the sampler's eight that are left out, where the scene takes the place of what they
would have painted: its forms are nearly all anew with the first, and kept with the last.
"""


@dataclasses.dataclass(frozen=True)
class Samples:
    pictures: Tensor
    """uint8 (n, 3, S, S) of scenes."""
    latents: Tensor
    """(n, 4, s, s) of them, as the decoder takes them."""
    painted: Tensor
    """int64 (p,): scenes that were painted again."""
    paintings: Tensor
    """(p, 4, s, s), as the decoder takes them."""
    coarse: Tensor
    """(p, 3, S / 4, S / 4) in -1..1: their pictures by the decoder as it was, in blocks."""


@dataclasses.dataclass(frozen=True)
class Painter:
    """A denoiser, what it listens to, and the autoencoder whose latents it paints."""

    unet: Any
    text: Any
    autoencoder: Any
    empty: Tensor
    """(L,) tokens of no words."""

    @torch.no_grad()
    def encoded(self, pictures: Tensor) -> Tensor:
        with autocast(pictures.device):
            found: Tensor = self.autoencoder.encoder(pictures)
        return found.float()

    @torch.no_grad()
    def decoded(self, latents: Tensor) -> Tensor:
        with autocast(latents.device):
            found: Tensor = self.autoencoder.decoder(latents)
        return found.float()

    def again(self, latents: Tensor, tokens: Tensor, recipe: Recipe, seed: int) -> Tensor:
        """(b, 4, s, s) as the decoder takes them -> the like, painted from the words."""
        factor = self.autoencoder.config.scaling_factor
        count, _bands, height, width = latents.shape
        gray = torch.zeros(1, 3, recipe.side, recipe.side, device=latents.device)
        given = Latents(
            clean=latents * factor,
            mask=torch.ones(count, 1, height, width, device=latents.device),
            seen=(self.encoded(gray) * factor).expand(count, -1, -1, -1),
            tokens=tokens,
        )
        found = sampling.sample(
            self.unet,
            self.text,
            given,
            self.empty,
            scale=recipe.shown_guidance,
            steps=recipe.steps,
            seed=seed,
            begin=_BEGINS[seed % len(_BEGINS)],
        )
        paintings: Tensor = found / factor
        return paintings


def kept_samples(
    file: Path, recipe: Recipe, scenes: Scenes, library: Library, painter: Painter
) -> Samples:
    """Views of scenes as the training draws them, of which the first empty ones are painted
    again. Latents and paintings are kept in ``file``: on a processor they take minutes.
    """
    rng = np.random.default_rng(recipe.seed)
    drawn = views.draw(scenes.has_product, scenes.weights, recipe.texture_scenes, rng, scenes.dyes)
    device = scenes.light.device
    pictures = torch.cat([_codes(frames(scenes, some).picture) for some in _pieces(drawn)])
    kept = checkpoints.load(file, device)
    if kept is None:
        empty = np.flatnonzero(drawn.kind >= views.Kind.EMPTY)[: recipe.texture_painted]
        ids = library.ids(library.captions(drawn, recipe.seed))[empty]
        tokens = torch.from_numpy(ids).long().to(device)
        kept = _made(recipe, pictures, torch.from_numpy(empty).to(device), tokens, painter)
        checkpoints.save(file, kept)
    return Samples(pictures=pictures, **kept)


def _made(
    recipe: Recipe, pictures: Tensor, painted: Tensor, tokens: Tensor, painter: Painter
) -> dict[str, Tensor]:
    latents = torch.cat([painter.encoded(shown(some)) for some in _pieces(pictures)])
    again = zip(_pieces(painted), _pieces(tokens), strict=True)
    paintings = torch.cat(
        [
            painter.again(latents[some], words, recipe, number)
            for number, (some, words) in enumerate(again)
        ]
    )
    coarse = [F.avg_pool2d(painter.decoded(some), COARSE) for some in _pieces(paintings)]
    return {
        "latents": latents,
        "painted": painted,
        "paintings": paintings,
        "coarse": torch.cat(coarse),
    }


def _pieces(whole: Any) -> list[Any]:
    return [whole[start : start + _AT_ONCE] for start in range(0, len(whole), _AT_ONCE)]


def _codes(pictures: Tensor) -> Tensor:
    return ((pictures + 1) * 127.5).round().clamp(0, 255).byte()


def shown(codes: Tensor) -> Tensor:
    """uint8 -> -1..1."""
    return codes.float() / 127.5 - 1
