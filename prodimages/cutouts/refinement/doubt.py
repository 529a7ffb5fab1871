"""What a backend left undecided, and the colors can't decide either."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.refinement.refine import MODEL_SIDE, at_working_size, evidence_in

_CLEAR = 2.5
"""Evidence of color, as a log-likelihood ratio, that settles a pixel."""
_HALF_SEEN = 0.3
_LEFT = 0.15
"""What of the doubt stays where the colors are clear: they are no more than colors."""


def doubt_of(rgb: np.ndarray, coarse: np.ndarray) -> float:
    """How much of the product is undecided, as a share of its area.

    ``rgb`` (H, W, 3) uint8, ``coarse`` the backend's (H, W) alpha in 0..1. Only what the
    backend was undecided about over more than 4 of its pixels counts, as every backend wavers
    at an outline, and it counts the less the clearer its colors belong to one side; but in full
    where the colors take away what the backend half saw, as a window mirrored in chrome.
    """
    photo, prior = at_working_size(rgb, coarse)
    rim = 2 * max(prior.shape) / MODEL_SIDE
    undecided = (prior > 0.15) & (prior < 0.85)
    wide = ndimage.distance_transform_edt(undecided) > rim
    if not wide.any():
        return 0.0
    patches = undecided & ndimage.binary_dilation(wide, iterations=max(1, round(rim)))
    evidence = evidence_in(photo, prior)
    unsettled = np.clip(1 - np.abs(evidence) / _CLEAR, _LEFT, 1)
    unsettled[(prior > _HALF_SEEN) & (evidence < -1)] = 1
    return float(unsettled[patches].sum() / max(1, np.count_nonzero(prior > 0.5)))
