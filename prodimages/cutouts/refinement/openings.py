"""What within a cut-out has the background's color: an opening, or a print of that color."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.refinement.evidence import color_evidence

_CLEAR = -1.2
"""Log-likelihood ratio of product to surroundings under which a color is the background's."""
_RIM = 0.007
"""Share of the picture's longer side that is rim, and told nothing about; a patch is wider."""


def background_within(rgb: np.ndarray, alpha: np.ndarray) -> float:
    """Share 0..1 of the product that lies in patches of the background's color.

    ``rgb`` (H, W, 3) uint8 and ``alpha`` (H, W), some hundred pixels wide. Backends close the
    slats of a crate and the ear of a mug, or keep one half of a waistband and lose the other,
    and the colors can't say whether such a patch is a hole or a print.
    """
    product = alpha > 0.5
    rim = max(1.0, _RIM * max(alpha.shape))
    evidence = color_evidence(rgb, (alpha > 0.95) * 1.0, (alpha < 0.05) * 1.0)
    within = ndimage.distance_transform_edt(product) > rim
    alike = within & (ndimage.gaussian_filter(evidence, 0.4 * rim) < _CLEAR)
    wide = ndimage.distance_transform_edt(alike) > rim
    patches = alike & ndimage.binary_dilation(wide, iterations=max(1, round(rim)))
    return float(np.count_nonzero(patches) / max(1, np.count_nonzero(product)))
