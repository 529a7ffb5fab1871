"""Crops on the device that trains: chosen, cut, turned and recolored there."""

from __future__ import annotations

import torch

from prodimages.diffusion.training.gan.packing import DRAWING, PHOTO, SIDE, Pack

_RECOLORED = 0.3
"""Share of crops whose bands change places: colors that few garments have."""


class Crops:
    """All crops of a pack as one tensor of bytes, on ``device``."""

    def __init__(self, pack: Pack, device: torch.device, *, drawings: float = 0.25):
        """``drawings`` is their share in a batch. Raises ValueError for a pack without photos."""
        self.device = device
        self._photos = self._kept(pack, PHOTO)
        self._drawings = self._kept(pack, DRAWING)
        if not len(self._photos):
            raise ValueError("There are no photos in this pack.")
        self._share = drawings if len(self._drawings) else 0.0

    def _kept(self, pack: Pack, kind: int) -> torch.Tensor:
        pixels = torch.from_numpy(pack.pixels(held=False, kinds=[kind]))
        return pixels.permute(0, 3, 1, 2).contiguous().to(self.device)

    def __len__(self) -> int:
        return len(self._photos) + len(self._drawings)

    def batch(self, count: int, side: int, dice: torch.Generator) -> torch.Tensor:
        """(count, 3, side, side) float32 in 0..1."""
        drawn = round(count * self._share)
        parts = [self._cut(self._photos, count - drawn, side, dice)]
        if drawn:
            parts.append(self._cut(self._drawings, drawn, side, dice))
        return torch.cat(parts).float().div_(255)

    def _cut(
        self, crops: torch.Tensor, count: int, side: int, dice: torch.Generator
    ) -> torch.Tensor:
        def whole(below: int) -> torch.Tensor:
            return torch.randint(below, (count,), device=self.device, generator=dice)

        steps = torch.arange(side, device=self.device)
        rows, columns = (self._places(whole(SIDE - side + 1), whole(2), steps) for _axis in "yx")
        bands = torch.rand(count, 3, device=self.device, generator=dice).argsort(dim=1)
        recolored = torch.rand(count, 1, device=self.device, generator=dice) < _RECOLORED
        bands = torch.where(recolored, bands, torch.arange(3, device=self.device))
        chosen = crops[
            whole(len(crops))[:, None, None, None],
            bands[:, :, None, None],
            rows[:, None, :, None],
            columns[:, None, None, :],
        ]
        lying = (whole(2) == 1)[:, None, None, None]
        return torch.where(lying, chosen.transpose(2, 3), chosen)

    @staticmethod
    def _places(begin: torch.Tensor, mirrored: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
        forward = begin[:, None] + steps
        return torch.where(mirrored[:, None] == 1, forward.flip(1), forward)
