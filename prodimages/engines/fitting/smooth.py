"""Wide blurs at the cost of narrow ones."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_NARROW = 2.5
"""Pixels of standard deviation that are worked out; a wider blur is one of a smaller picture."""


def blurred(values: np.ndarray, sigma: float) -> np.ndarray:
    """(H, W) or (H, W, C) float32, as by a Gaussian with ``sigma`` pixels."""
    if values.ndim == 3:
        planes = [blurred(values[..., index], sigma) for index in range(values.shape[2])]
        return np.stack(planes, axis=-1)
    factor = max(1, int(sigma / _NARROW))
    if factor == 1:
        return ndimage.gaussian_filter(values.astype(np.float32), sigma)
    height, width = values.shape
    size = max(1, -(-width // factor)), max(1, -(-height // factor))
    small = Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BOX)
    narrow = ndimage.gaussian_filter(np.asarray(small), sigma / factor)
    whole = Image.fromarray(narrow).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(whole)
