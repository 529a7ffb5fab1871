"""Where a model may paint, on the grid on which it does."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage


def reduced(keep: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) bool -> (height, width) bool of ``size`` = (width, height).

    A pixel is kept as soon as it covers any kept one: a strap a pixel wide survives.
    """
    cover = Image.fromarray(keep.astype(np.uint8) * 255).convert("F")
    return np.asarray(cover.resize(size, Image.Resampling.BOX)) > 0


def snapped(keep: np.ndarray, cell: int) -> np.ndarray:
    """(H, W) bool, whole cells only: one is kept as soon as any pixel of it is.

    Pipelines reduce a mask to their latent grid by sampling; what is uniform within each
    cell comes through as it is. H and W are multiples of ``cell``.
    """
    height, width = keep.shape
    cells = keep.reshape(height // cell, cell, width // cell, cell).any(axis=(1, 3))
    return cells.repeat(cell, axis=0).repeat(cell, axis=1)


def shown(painted: np.ndarray, cell: int, size: tuple[int, int]) -> np.ndarray:
    """(h, w) bool where a model paints -> (H, W) bool, ``size`` = (W, H): what is seen of it.

    Where the picture is enlarged, the cell beside what is kept is left out: a decoder lets the
    product's color run as far, and many times enlarged that is a blot at its outline. But most
    of what is painted is shown, also around a product that fills the picture.
    """
    if painted.shape[1] < size[0]:
        square = np.ones((3, 3), bool)
        clear = ndimage.binary_erosion(painted, square, iterations=cell, border_value=1)
        painted = clear if clear.sum() > painted.sum() / 2 else painted
    return np.asarray(Image.fromarray(painted).resize(size, Image.Resampling.NEAREST))
