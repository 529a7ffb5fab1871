"""Where a model may paint, on the grid on which it does."""

from __future__ import annotations

import numpy as np
from PIL import Image


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
