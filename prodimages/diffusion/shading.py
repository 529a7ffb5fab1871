"""The shadow and the bounce of a product, as a layer of light on what a model painted around it.

A model that paints 32 x 32 cells around a product hears next to nothing of its shadow, which is
under the noise of single cells. Some weights bring another, tiny U-Net (the folder
``shading``): it looks at the painting with the product on it, a quarter as wide, hears the same
words, and says by which factor the product changes the light at each place. Light is smooth, so
that factors may be enlarged, and multiply whatever is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from PIL import Image
from scipy import ndimage
from torch import Tensor

from prodimages.diffusion import layouts
from prodimages.imaging.color import to_linear, to_srgb

FOLDER = "shading"
COARSER = 4
"""Times that the factors' grid is narrower than the picture."""
FOLD = 2
"""Pixels of that grid a side, which are channels of one cell of the U-Net."""
LEAST, MOST = 0.02, 1.6
"""Of factors: a shadow is never quite black, and a bounce never glares."""
_WHOLE = 8
"""Of the grid's sides: what the U-Net's coarsest cell is wide."""
_COVERED = 0.02
_GOES_ON = 3.0
"""Cells under the product that have the light beside it; in as many again it fades."""


def of_folder(folder: Path) -> Any:
    """The small U-Net of the weights in ``folder``, if they have one, in 32 bits."""
    if not (folder / FOLDER).is_dir():
        return None
    kind: Any = UNet2DConditionModel
    return kind.from_pretrained(
        folder / FOLDER, dtype=torch.float32, use_safetensors=True, local_files_only=True
    ).eval()


def factors(unet: Any, shown: Tensor, cover: Tensor, words: Tensor) -> Tensor:
    """(n, 3, h, w) factors of linear light by which the product changes what is around it.

    ``shown`` (n, 3, h, w) sRGB 0..1 has the product, but not what it does to the light; ``cover``
    (n, 1, h, w) 0..1 is where it is, and what the factors are there means nothing. ``words``
    (n, L, width) as ``layouts.heard`` gives them. h and w are multiples of 8.
    """
    entered = torch.cat([shown, cover], dim=1) * 2 - 1
    folded = F.pixel_unshuffle(entered, FOLD)
    found = unet(folded, 0, encoder_hidden_states=words, return_dict=False)[0]
    result: Tensor = F.pixel_shuffle(found, FOLD).exp()
    return result


@torch.no_grad()
def lit(
    unet: Any,
    pipeline: Any,
    prompts: Sequence[str],
    pictures: Sequence[np.ndarray],
    products: Sequence[np.ndarray],
    covers: Sequence[np.ndarray],
) -> list[np.ndarray]:
    """Each of the ``pictures`` (h, w, 3), sRGB 0..1, in the light that its product leaves.

    ``products`` (h, w, 3) show the product where ``covers`` (h, w) 0..1 says that it is. Words
    are heard by the encoder of ``pipeline``.
    """
    height, width = pictures[0].shape[:2]
    size = _whole(width), _whole(height)
    shown = [
        _reduced(picture * (1 - cover[..., None]) + product * cover[..., None], size)
        for picture, product, cover in zip(pictures, products, covers, strict=True)
    ]
    small = [_reduced(cover[..., None], size) for cover in covers]
    found = factors(
        unet,
        torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2).to(unet.device),
        torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).to(unet.device),
        layouts.hear(pipeline, prompts).to(unet.device, torch.float32),
    )
    layers = found.permute(0, 2, 3, 1).cpu().numpy()
    return [
        to_srgb(shaded(to_linear(picture), continued(layer, cover[..., 0]))).astype(np.float32)
        for picture, layer, cover in zip(pictures, layers, small, strict=True)
    ]


def continued(layer: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """(h, w, 3) factors, which go on for a little under the product (``cover`` (h, w) 0..1), so
    that enlarging mixes nothing else in beside it; further inside light stays.
    """
    under = cover > _COVERED
    if under.all():
        return np.ones_like(layer)
    distance, at = ndimage.distance_transform_edt(under, return_indices=True)
    inside = np.clip(distance / _GOES_ON - 1, 0, 1)[..., None].astype(np.float32)
    beside = layer[tuple(at)].clip(LEAST, MOST)
    result: np.ndarray = beside + (1 - beside) * inside
    return result


def shaded(surface: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """(H, W, 3) linear light of the ``surface`` under (h, w, 3) factors, enlarged smoothly."""
    size = surface.shape[1::-1]
    bands = [
        np.asarray(Image.fromarray(layer[..., band]).resize(size, Image.Resampling.BICUBIC))
        for band in range(3)
    ]
    result: np.ndarray = (surface * np.stack(bands, axis=-1).clip(0)).astype(np.float32)
    return result


def _reduced(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, c) float -> (h, w, c) float32, ``size`` = (w, h)."""
    bands = [
        Image.fromarray(picture[..., band].astype(np.float32)).resize(size, Image.Resampling.BOX)
        for band in range(picture.shape[-1])
    ]
    return np.stack([np.asarray(band) for band in bands], axis=-1)


def _whole(pixels: int) -> int:
    return max(1, round(pixels / COARSER / _WHOLE)) * _WHOLE
