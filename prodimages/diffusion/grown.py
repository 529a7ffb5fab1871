"""Notices a model that made the product grow over its outline."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.registry import cutout_backend
from prodimages.imaging.color import ciede2000, lab

MOST_SPILL = 0.15
"""Share of the outline, or of the product, over which a picture is tried again."""
_ALIKE = 6.0
"""CIEDE2000 under which what lies beyond the outline counts as the product going on."""
_INSET = 3
"""Pixels inside the outline where the product's color is taken, clear of its soft rim."""
_BAND = 0.03
"""Width of the band that is looked at, as a share of the product's longer side."""


def spill_by_color(
    painted: np.ndarray, draft: np.ndarray, alpha: np.ndarray, keep: np.ndarray
) -> float:
    """Share (0..1) of the band around what is kept that goes on in the product's colors.

    ``painted`` and ``draft``, the canvas without the product: (H, W, 3) float 0..1;
    ``alpha``: (H, W); ``keep``: (H, W) bool, the product and what no one sees of the painting,
    as the draft is laid over it. A place where the draft has the product's color too tells
    nothing.
    """
    solid = ndimage.binary_erosion(alpha >= 0.5, iterations=_INSET)
    if not solid.any():
        return 0.0
    rows, columns = np.nonzero(solid.any(axis=1))[0], np.nonzero(solid.any(axis=0))[0]
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    width = max(3.0, _BAND * longer)
    beyond = ndimage.distance_transform_edt(~(keep | solid))
    nearest = ndimage.distance_transform_edt(~solid, return_distances=False, return_indices=True)
    band = (alpha <= 0) & (beyond > 0) & (beyond <= width)
    inside = (nearest[0][band], nearest[1][band])
    product = lab(_bytes(painted)[inside][None])
    telling = ciede2000(product, lab(_bytes(draft)[band][None])) > 2 * _ALIKE
    if not telling.any():
        return 0.0
    alike = ciede2000(product, lab(_bytes(painted)[band][None])) < _ALIKE
    return float((alike & telling).sum() / telling.sum())


def spill_by_cutout(painted: np.ndarray, alpha: np.ndarray, keep: np.ndarray) -> float:
    """Area that the cut-out backend finds beyond what is kept, as a share of the product.

    Only what hangs together with the product counts; the rim that any segmentation
    blurs does not.
    """
    found = cutout_backend().alpha(_bytes(painted)) >= 0.5
    product = alpha > 0
    allowed = ndimage.binary_dilation(product, iterations=max(3, round(0.01 * max(alpha.shape))))
    labels, _count = ndimage.label(found | product)
    touching = np.unique(labels[product])
    beyond = np.isin(labels, touching[touching > 0]) & ~allowed & ~keep
    return float(beyond.sum() / max(int(product.sum()), 1))


def _bytes(picture: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.rint(picture * 255).astype(np.uint8)
    return result
