"""From a backend's blurry alpha to one that is sharp at the photo's own resolution."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.cutouts.filters import guided_filter
from prodimages.exceptions import JobFailure

VERSION = 1
"""Raised whenever the same photo and coarse alpha would give another alpha."""


def refine(rgb: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 and (H, W) in 0..1 -> (H, W) float32 in 0..1.

    Raises JobFailure(NO_PRODUCT) when nothing is left.
    """
    step = max(1, round(max(coarse.shape) / 320))
    solid = ndimage.binary_fill_holes(coarse > 0.5)
    if solid.mean() < 0.002:
        raise no_product()
    target = np.where(ndimage.binary_erosion(solid, iterations=2 * step), 1.0, coarse)
    alpha = guided_filter(
        rgb.astype(np.float32) / 255, target.astype(np.float32), 3 * step, 1e-4
    )
    alpha = ((alpha - 0.1) / 0.8).clip(0, 1)
    alpha[ndimage.binary_erosion(solid, iterations=3 * step)] = 1
    alpha[~ndimage.binary_dilation(solid, iterations=4 * step)] = 0
    return alpha.astype(np.float32)


def no_product() -> JobFailure:
    message = _(
        "No product was found in the photo. Use a photo where it stands out from the background, "
        "or upload a mask."
    )
    return JobFailure(FailureKind.NO_PRODUCT, message)
