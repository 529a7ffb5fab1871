"""Where scenes come from: packs of renders, or the toy that is drawn on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import ndimage

from prodimages.diffusion.training import toy
from prodimages.diffusion.training.dyes import PRODUCT
from prodimages.diffusion.training.light import recoding
from prodimages.diffusion.training.scenes import Scenes
from prodimages.engines.studio.vocabulary import COLORS


def scenes_of(names: Sequence[str], side: int, workers: int, split: str = "") -> Scenes:
    """Paths of packs, or ``toy`` or ``toy:COUNT`` alone; all scenes, or those of one ``split``.

    Raises FileNotFoundError where no pack is there; one of several that is missing is left out.
    """
    if names and names[0].startswith("toy"):
        count = int(names[0].partition(":")[2] or 256)
        drawn = toy.scenes(count, side)
        return drawn.only(split) if split else drawn
    there = [path for path in map(Path, names) if path.is_file()]
    if not there:
        raise FileNotFoundError(f"There is no pack among {', '.join(names)}.")
    return _packed(there, side, workers, split)


def _packed(paths: Sequence[Path], side: int, workers: int, split: str) -> Scenes:
    captions: Any = import_module("prodimages.diffusion.training.data.captions")
    pack: Any = import_module("prodimages.diffusion.training.data.pack")
    loaded: Any = pack.load(paths, workers, split)
    light, scale, mask = loaded.light, loaded.scale, loaded.mask
    regions = np.zeros((len(mask), 2, *mask.shape[1:]), dtype=np.uint8)
    table, most = recoding()

    def recode(at: int) -> None:
        """A finished picture becomes the light that would show as it."""
        light[at, :, 0] = np.take(table, light[at, :, 0], mode="clip")
        scale[at, :, 0], scale[at, :, 1] = most, 0

    def complete(at: int) -> None:
        """What lies behind the product is taken to go on as beside it."""
        regions[at, 1] = loaded.regions[at]
        regions[at, 0] = behind(loaded.regions[at])

    studio = [at for at, facts in enumerate(loaded.facts) if facts.get("source") == "studio"]
    with ThreadPoolExecutor(max(1, workers)) as pool:  # NumPy takes outside Python's lock
        list(pool.map(recode, studio))
        list(pool.map(complete, sorted(set(range(len(mask))) - set(studio))))
    return Scenes(
        light=torch.from_numpy(light),
        scale=torch.from_numpy(scale),
        mask=torch.from_numpy(mask),
        regions=torch.from_numpy(regions),
        facts=loaded.facts,
        caption=captions.caption,
        mirrored=captions.mirrored,
        palette={name: linear_of(color) for name, color in COLORS.items()},
    ).shrunk(min(side, light.shape[3]))  # for a smaller model of the same scenes


def behind(regions: np.ndarray) -> np.ndarray:
    """(H, W) region ids, those of the product replaced by the nearest others."""
    product = regions == PRODUCT + 1
    if product.all() or not product.any():
        return regions
    at = ndimage.distance_transform_edt(product, return_distances=False, return_indices=True)
    result: np.ndarray = regions[tuple(at)]
    return result


def linear_of(color: str) -> tuple[float, float, float]:
    """``#rrggbb`` -> linear 0..1."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
