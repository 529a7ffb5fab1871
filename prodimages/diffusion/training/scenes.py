"""The renders that a model learns from, held on the device as they were rendered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from prodimages.diffusion.training.dyes import Dyes, dyes

Facts = dict[str, Any]
Caption = Callable[..., str]
"""``caption(facts, rng, *, warmth, brightness)``; a module's own function, so that other
processes find it by name.
"""

WITHOUT, WITH = 0, 1
KEY, FILL = 0, 1
MOST_OFTEN = 20.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenes:
    """N scenes of S x S pixels."""

    light: Tensor
    """uint8 (N, 2, 2, S, S, 3): without and with the product, by key and by fill light, in
    square-root codes."""
    scale: Tensor
    """float32 (N, 2, 2): linear radiance of the highest code; a white card has about 1."""
    mask: Tensor
    """uint8 (N, S, S): how much of each pixel the product covers; 0 where there is none."""
    regions: Tensor
    """uint8 (N, 2, S, S): without and with the product: 1 ground, 2 wall, 3 product."""
    facts: Sequence[Facts]
    caption: Caption
    mirrored: Callable[[Facts], Facts]
    """Facts of the scene with left and right exchanged."""
    palette: Mapping[str, Sequence[float]]
    """Linear albedo of each color word."""

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def dyes(self) -> Dyes:
        return dyes(self.facts, self.palette)

    @property
    def weights(self) -> np.ndarray:
        """(N,) how many times as often as others a scene is shown.

        Path-traced ones teach what the studio can't; they get half of all samples unless they
        are so few that they would be learned by heart.
        """
        traced = np.asarray([facts.get("source") != "studio" for facts in self.facts])
        others = max(int((~traced).sum()), 1)
        often = min(max(others / max(int(traced.sum()), 1), 1.0), MOST_OFTEN)
        return np.where(traced, often, 1.0)

    @property
    def has_product(self) -> np.ndarray:
        """(N,) bool."""
        found: np.ndarray = (self.mask.amax(dim=(1, 2)) > 127).cpu().numpy()
        return found

    def to(self, device: torch.device) -> Scenes:
        return dataclasses.replace(
            self,
            light=self.light.to(device),
            scale=self.scale.to(device),
            mask=self.mask.to(device),
            regions=self.regions.to(device),
        )

    def shrunk(self, side: int) -> Scenes:
        """The same in ``side`` x ``side`` pixels, each the mean of the radiance of a block.

        Raises ValueError where blocks are not whole.
        """
        whole = self.light.shape[3]
        if whole % side:
            raise ValueError(f"Pictures of {whole} pixels do not shrink to {side}.")
        if whole == side:
            return self
        block = whole // side
        light = [_mean(one.flatten(0, 1).float().square(), block).sqrt() for one in self.light]
        mask = [_mean(one[None, ..., None].float(), block) for one in self.mask]
        return dataclasses.replace(
            self,
            light=torch.stack(light).round().byte().reshape(-1, 2, 2, side, side, 3),
            mask=torch.stack(mask).round().byte().reshape(-1, side, side),
            regions=self.regions[..., block // 2 :: block, block // 2 :: block].contiguous(),
        )

    def only(self, split: str) -> Scenes:
        """Those whose facts name this split; "train" and "held" share no combination of words."""
        at = [i for i, facts in enumerate(self.facts) if facts.get("split", "train") == split]
        index = torch.as_tensor(at, dtype=torch.long, device=self.light.device)
        return dataclasses.replace(
            self,
            light=self.light[index],
            scale=self.scale[index],
            mask=self.mask[index],
            regions=self.regions[index],
            facts=[self.facts[i] for i in at],
        )


def _mean(pictures: Tensor, block: int) -> Tensor:
    """(n, H, W, c) -> (n, H / block, W / block, c)."""
    count, height, width, bands = pictures.shape
    blocks = pictures.reshape(count, height // block, block, width // block, block, bands)
    return blocks.mean(dim=(2, 4))
