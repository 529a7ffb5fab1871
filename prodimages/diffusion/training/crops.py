"""Crops of scenes and of their paintings, with the latents that they are to be decoded from."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor

from prodimages.diffusion.training.parts import FACTOR
from prodimages.diffusion.training.repainting import COARSE, Samples, shown


@dataclasses.dataclass(frozen=True)
class Place:
    number: int
    row: int
    """In latent cells, as the column."""
    column: int


@dataclasses.dataclass(frozen=True)
class Crops:
    """Of ``count`` scenes, and after them of ``count`` scenes that were painted again."""

    scenes: Tensor
    """(2 count, 3, side, side) in -1..1; under a painting, the scene that it was made of."""
    latents: Tensor
    """(2 count, 4, cells, cells) of scenes, a little noisy, and of paintings."""
    blocks: Tensor
    """(2 count, 3, side / 4, side / 4) in -1..1: what they are in blocks of 4 x 4 pixels."""


def crops(samples: Samples, count: int, side: int, noise: float, draws: torch.Generator) -> Crops:
    """``side`` in pixels, or whole pictures where they are smaller; ``noise``: the highest
    deviation of what is added to the latents of scenes.
    """
    cells = min(side // FACTOR, samples.latents.shape[-1])
    pictures = _places(samples, len(samples.pictures), count, cells, draws)
    paintings = _places(samples, len(samples.painted), count, cells, draws)
    under = [
        dataclasses.replace(place, number=int(samples.painted[place.number])) for place in paintings
    ]
    scenes = shown(_cut(samples.pictures, pictures + under, cells, FACTOR))
    latents = _cut(samples.latents, pictures, cells, 1)
    device = latents.device
    strength = noise * torch.rand(count, 1, 1, 1, generator=draws, device=device)
    latents = latents + strength * torch.randn(latents.shape, generator=draws, device=device)
    coarse = _cut(samples.coarse, paintings, cells, FACTOR // COARSE)
    return Crops(
        scenes=scenes,
        latents=torch.cat([latents, _cut(samples.paintings, paintings, cells, 1)]),
        blocks=torch.cat([F.avg_pool2d(scenes[:count], COARSE), coarse]),
    )


def _places(
    samples: Samples, among: int, count: int, cells: int, draws: torch.Generator
) -> list[Place]:
    room = samples.latents.shape[-1] - cells + 1
    drawn = torch.rand(count, 3, generator=draws, device=samples.latents.device).tolist()
    return [Place(int(n * among), int(row * room), int(column * room)) for n, row, column in drawn]


def _cut(whole: Tensor, places: list[Place], cells: int, scale: int) -> Tensor:
    """Of (n, C, H, W) at ``scale`` pixels a latent cell, one crop a place."""
    side = cells * scale
    return torch.stack(
        [
            whole[one.number, :, top : top + side, left : left + side]
            for one in places
            for top, left in [(one.row * scale, one.column * scale)]
        ]
    )
