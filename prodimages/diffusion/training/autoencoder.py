"""First stage: pictures to latents and back.

Pixels and their gradients are compared, and nothing else; no adversary, since one on so
small a decoder gives speckle. Three things make the latents easy to learn for the denoiser:
they have mean 0, variance 1 and no correlation between channels; noise is added before they
are decoded, so that small errors stay small; and latents averaged two by two decode to the
picture averaged two by two (after Kouzelis et al., "EQ-VAE", 2025).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from prodimages.diffusion.training import parts, views
from prodimages.diffusion.training.charts import save_grid
from prodimages.diffusion.training.devices import autocast, placed
from prodimages.diffusion.training.frames import frames
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.scenes import Scenes

_BLOCK = 4096
"""Views that are drawn at once."""
_MASKED = 0.25
"""Share of pictures that are seen with a part grayed out, as the denoiser's condition is."""
_MOMENTS = 0.05
_AVERAGED = 0.5
_SQUARES = 2.0


class AutoencoderStage(Stage):
    name: ClassVar[str] = "autoencoder"

    def __init__(self, recipe: Recipe, scenes: Scenes, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.module: Any = placed(parts.autoencoder(recipe), device)
        super().__init__(recipe, device, self.module, recipe.autoencoder_rate)
        self._scenes = scenes
        self._has_product, self._weights = scenes.has_product, scenes.weights
        self._drawn: tuple[int, views.Views] | None = None

    @property
    def batch(self) -> int:
        return self.recipe.autoencoder_batch

    def loss(self, step: int) -> Tensor:
        pictures, whole = self._pictures(step)
        noise = torch.randn(
            (len(pictures), parts.LATENTS, *(side // parts.FACTOR for side in pictures.shape[-2:])),
            generator=self.draws,
            device=self.device,
        )
        strength = torch.rand(len(pictures), 1, 1, 1, generator=self.draws, device=self.device)
        quarter = max(1, len(pictures) // 4)
        with autocast(self.device):
            latents = self.module.encoder(pictures)
            decoded = self.module.decoder(latents + noise * strength * self.recipe.latent_noise)
            halved = self.module.decoder(F.avg_pool2d(latents[:quarter], 2))
        return (
            difference(decoded.float(), pictures)
            + _AVERAGED * difference(halved.float(), F.avg_pool2d(pictures[:quarter], 2))
            + _MOMENTS * moments(latents.float(), whole)
        )

    def _pictures(self, step: int) -> tuple[Tensor, Tensor]:
        """(B, 3, crop, crop) in -1..1, and which of them are whole."""
        at = step * self.batch
        drawn = self._views(at // _BLOCK)
        seen = frames(self._scenes, drawn[at % _BLOCK : at % _BLOCK + self.batch])
        count = len(seen.picture)
        whole = torch.rand(count, generator=self.draws, device=self.device) >= _MASKED
        pictures = torch.where(whole[:, None, None, None], seen.picture, seen.seen)
        return _crops(pictures, self.recipe.autoencoder_crop, self.draws), whole

    def _views(self, block: int) -> views.Views:
        if self._drawn is None or self._drawn[0] != block:
            rng = np.random.default_rng(self.recipe.seed * 7919 + block)
            self._drawn = (
                block,
                views.draw(self._has_product, self._weights, _BLOCK, rng, self._scenes.dyes),
            )
        return self._drawn[1]

    @torch.no_grad()
    def sheet(self, file: Path) -> None:
        """Pictures over what is left of them."""
        shown = views.plain(np.arange(min(8, len(self._scenes))), views.Kind.AROUND)
        seen = frames(self._scenes, shown)
        both = [seen.picture, self.rebuilt(seen.picture), seen.seen, self.rebuilt(seen.seen)]
        save_grid(file, torch.cat(both), columns=len(shown))

    def rebuilt(self, pictures: Tensor) -> Tensor:
        trained: Any = self.average.module
        result: Tensor = trained.decoder(trained.encoder(pictures))
        return result

    @torch.no_grad()
    def finish(self) -> Any:
        """The averaged module, with the factor that brings its latents to variance 1."""
        rng = np.random.default_rng(self.recipe.seed)
        trained: Any = self.average.module
        latents = []
        for _part in range(4):
            some = views.draw(self._has_product, self._weights, 64, rng)
            latents.append(trained.encoder(frames(self._scenes, some).picture))
        deviation = float(torch.cat(latents).std())
        trained.register_to_config(scaling_factor=1 / deviation)
        return trained


def difference(ours: Tensor, theirs: Tensor) -> Tensor:
    """Mean absolute and square difference of pixels, and absolute of gradients at two scales."""
    total = (ours - theirs).abs().mean() + _SQUARES * (ours - theirs).square().mean()
    for _scale in range(2):
        error = ours - theirs
        total = total + (error[..., 1:] - error[..., :-1]).abs().mean()
        total = total + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
        ours, theirs = F.avg_pool2d(ours, 2), F.avg_pool2d(theirs, 2)
    return total


def moments(latents: Tensor, counted: Tensor) -> Tensor:
    """How far those of (B, C, h, w) that are counted, (B,) bool, are from mean 0 and
    covariance 1, as a mean square.
    """
    weight = counted.float()[:, None, None].expand(-1, *latents.shape[2:]).flatten()
    weight = weight / weight.sum().clamp_min(1)
    flat = latents.transpose(0, 1).flatten(1)
    mean = (flat * weight).sum(dim=1)
    centered = flat - mean[:, None]
    covariance = (centered * weight) @ centered.T
    identity = torch.eye(len(covariance), device=latents.device)
    return mean.square().mean() + (covariance - identity).square().mean()


def psnr(ours: Tensor, theirs: Tensor) -> Tensor:
    """(B,) dB of pictures in -1..1: 10 log10(1 / mean square error in 0..1)."""
    error = ((ours.clamp(-1, 1) - theirs) / 2).square().mean(dim=(1, 2, 3))
    return -10 * error.clamp_min(1e-10).log10()


def _crops(pictures: Tensor, side: int, draws: torch.Generator) -> Tensor:
    """A place of its own for each of a batch, at whole latent cells."""
    count, _bands, whole, _width = pictures.shape
    if side >= whole:
        return pictures
    room = (whole - side) // parts.FACTOR + 1
    device = pictures.device
    corner = (torch.rand(2, count, 1, generator=draws, device=device) * room).long()
    rows, columns = corner * parts.FACTOR + torch.arange(side, device=device)
    number = torch.arange(count, device=device)[:, None, None]
    chosen = pictures.permute(0, 2, 3, 1)[number, rows[:, :, None], columns[:, None, :]]
    return chosen.permute(0, 3, 1, 2)
