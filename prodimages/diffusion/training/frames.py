"""Pixels of views, a batch at a time, on the device: light mixed, framed and toned, and masked
as diffusers' inpainting pipeline masks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from prodimages.diffusion.training import light
from prodimages.diffusion.training.parts import FACTOR
from prodimages.diffusion.training.scenes import WITH, WITHOUT, Scenes
from prodimages.diffusion.training.views import MOST_SPREAD, Kind, Ring, Views


@dataclasses.dataclass(frozen=True)
class Frames:
    picture: Tensor
    """(B, 3, S, S) in -1..1: what is to come out."""
    mask: Tensor
    """(B, 1, S, S): 1 where it is painted, 0 where it is kept."""
    seen: Tensor
    """(B, 3, S, S) in -1..1: what is kept, and gray (0) elsewhere."""

    def split(self, size: int) -> Iterator[tuple[int, Frames]]:
        """In pieces, each with the number of its first picture."""
        for start in range(0, len(self.picture), size):
            of = slice(start, start + size)
            yield start, Frames(self.picture[of], self.mask[of], self.seen[of])


def frames(scenes: Scenes, views: Views) -> Frames:
    """Of all ``views``, which are one batch."""
    linear, cover = framed(scenes, views)
    picture = light.srgb(light.tone(linear)) * 2 - 1
    kept = _kept(cover, views)
    surroundings = _surroundings(picture, cover, views)
    mask = 1 - kept
    return Frames(picture=picture, mask=mask, seen=surroundings * (mask < 0.5))


def latent_mask(mask: Tensor) -> Tensor:
    """(B, 1, S, S) -> (B, 1, S/8, S/8): each cell's first pixel, as the pipeline samples it."""
    size = (mask.shape[-2] // FACTOR, mask.shape[-1] // FACTOR)
    return F.interpolate(mask, size=size)


def framed(scenes: Scenes, views: Views) -> tuple[Tensor, Tensor]:
    """Linear radiance (B, 3, S, S) and the product's cover (B, 1, S, S)."""
    device = scenes.light.device
    scene = _tensor(views.scene, device)
    shown = _tensor(views.kind <= Kind.PICTURED, device)
    presence = torch.where(shown, WITH, WITHOUT)
    lamps = light.radiance(scenes.light[scene, presence], scenes.scale[scene, presence])
    gains = light.gains(
        _number(views.warmth, device), _number(views.key, device), _number(views.fill, device)
    )
    exposure = 2 ** _number(views.brightness, device)
    linear = (lamps * (gains * exposure[:, None, None])[..., None, None]).sum(dim=1)
    gain = _dyed(scenes, views, scene, presence)
    linear = linear if gain is None else linear * gain
    cover = scenes.mask[scene][:, None].float() / 255 * shown[:, None, None, None]
    framed = _cropped(torch.cat([linear, cover], dim=1), views)
    return framed[:, :3], framed[:, 3:]


def _dyed(scenes: Scenes, views: Views, scene: Tensor, presence: Tensor) -> Tensor | None:
    """(B, 3, S, S) factors of light that give regions other colors; None where all keep theirs."""
    if (views.dyed < 0).all():
        return None
    gains = _number(scenes.dyes.gains(views.scene, views.dyed), scenes.light.device)
    number = torch.arange(len(scene), device=scene.device)[:, None, None]
    by_pixel = gains[number, scenes.regions[scene, presence].long()].permute(0, 3, 1, 2)
    # As soft as the edges of what was rendered.
    return F.avg_pool2d(by_pixel, 3, 1, 1, count_include_pad=False)


def _cropped(pictures: Tensor, views: Views) -> Tensor:
    device = pictures.device
    zoom = _number(views.zoom, device)
    across = _number(views.across, device) * (1 - zoom)
    down = _number(views.down, device) * (1 - zoom)
    side = torch.where(_tensor(views.flipped, device), -zoom, zoom)
    zero = torch.zeros_like(zoom)
    affine = torch.stack([side, zero, across, zero, zoom, down], dim=1).reshape(-1, 2, 3)
    grid = F.affine_grid(affine, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _kept(cover: Tensor, views: Views) -> Tensor:
    """(B, 1, S, S): 1 where the sample keeps what is there."""
    device = cover.device
    kept = (cover > 0.02).float()
    spread = _number(views.spread, device).reshape(-1, 1, 1, 1)
    for ring in range(1, MOST_SPREAD + 1):
        kept = torch.where(spread >= ring, F.max_pool2d(kept, 3, 1, 1), kept)
    kind = _tensor(views.kind, device).reshape(-1, 1, 1, 1)
    kept = torch.where(kind == Kind.AROUND, kept, 0.0)
    kept = torch.where(kind == Kind.PART, _boxes(kept.shape[-1], views, device), kept)
    cells = F.max_pool2d(kept, FACTOR).repeat_interleave(FACTOR, 2).repeat_interleave(FACTOR, 3)
    return torch.where(_tensor(views.snapped, device).reshape(-1, 1, 1, 1), cells, kept)


def _boxes(side: int, views: Views, device: torch.device) -> Tensor:
    at = (torch.arange(side, device=device) + 0.5) / side
    left, top, right, bottom = (edge[:, None] for edge in _number(views.box, device).unbind(1))
    columns = ((at >= left) & (at < right))[:, None, None, :]
    rows = ((at >= top) & (at < bottom))[:, None, :, None]
    return (columns & rows).float()


def _surroundings(picture: Tensor, cover: Tensor, views: Views) -> Tensor:
    """The picture, with something else around the product where the view says so."""
    ring = _tensor(views.ring, picture.device).reshape(-1, 1, 1, 1)
    ring = torch.where(
        _tensor(views.kind, picture.device).reshape(-1, 1, 1, 1) == Kind.AROUND, ring, 0
    )
    beside = torch.where(ring == Ring.FOREIGN, picture.roll(1, dims=0), 0.0)
    changed = (ring != Ring.TRUE) & (cover < 0.5)
    return torch.where(changed, beside, picture)


def _tensor(values: np.ndarray, device: torch.device) -> Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(values))
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor


def _number(values: np.ndarray, device: torch.device) -> Tensor:
    return _tensor(values.astype(np.float32), device)
