"""Numbers and pictures of crops that no training has seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from prodimages.diffusion.training.gan.degradation import Ranges, degraded
from prodimages.diffusion.training.gan.networks import SCALE, Generator
from prodimages.diffusion.training.gan.packing import DRAWING, PHOTO, Pack

_SIDE = 128
_SHOWN = 96


class Judge:
    """The same held-out crops, worsened the same way, each time."""

    def __init__(self, pack: Pack, device: torch.device, *, most: int = 48):
        photos, drawings = (
            pack.pixels(held=True, kinds=[kind])[: most // 2] for kind in (PHOTO, DRAWING)
        )
        pixels = np.concatenate([photos, drawings])[:, 32 : 32 + _SIDE, 32 : 32 + _SIDE]
        crops = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
        # Made on the CPU, whose dice fall the same on every machine.
        self._small = degraded(crops, Ranges(), torch.Generator().manual_seed(1)).to(device)
        self._crops = crops.to(device)
        self._photos = len(photos)

    @torch.no_grad()
    def numbers(self, generator: Generator) -> dict[str, float]:
        """PSNR in dB: of a bicubic enlargement, of the generator's, and of that scaled back."""
        drawn = self._drawn(generator)
        return {
            "bicubic": psnr(smooth(self._small), self._crops),
            "psnr": psnr(drawn, self._crops),
            "back": psnr(functional.avg_pool2d(drawn, SCALE), self._small),
        }

    @torch.no_grad()
    def sheet(self, generator: Generator, path: Path, *, rows: int = 8) -> None:
        """Given, bicubic, drawn and true, side by side: photos first, then drawings."""
        half = rows // 2
        last = len(self._crops)
        chosen = [*range(min(half, self._photos)), *range(self._photos, last)][:rows]
        small, true = self._small[chosen], self._crops[chosen]
        given = functional.interpolate(small, scale_factor=SCALE, mode="nearest")
        drawn = self._drawn(generator)[chosen]
        columns = torch.cat([given, smooth(small), drawn, true], dim=3)
        picture = torch.cat(list(columns), dim=1).clamp(0, 1).mul(255).round().byte()
        image = Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())
        image = image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST)
        image.save(path, quality=88)

    def _drawn(self, generator: Generator) -> torch.Tensor:
        parts = [generator(part) for part in torch.split(self._small, 16)]
        return torch.cat(parts).clamp(0, 1)


def smooth(small: torch.Tensor) -> torch.Tensor:
    """What an untrained generator gives."""
    untrained = Generator(channels=1, blocks=0).to(small.device)
    large: torch.Tensor = untrained(small)
    return large.detach().clamp(0, 1)


def psnr(first: torch.Tensor, second: torch.Tensor) -> float:
    """Mean over the pictures, in dB, for values in 0..1."""
    errors = (first - second).square().mean(dim=(1, 2, 3)).clamp(min=1e-10)
    return float((-10 * errors.log10()).mean())
