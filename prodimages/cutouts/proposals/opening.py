"""Openings that were cut out with the product: of a bracelet, a frame, a basket's handle."""

from __future__ import annotations

import numpy as np

from prodimages.cutouts.proposals.scene import Candidate, Scene, parts
from prodimages.cutouts.refinement.ground import ground_within

_LEAST_AREA = 0.002
"""Of the product."""
_LEAST_AREA_WHITE = 0.03
"""Before white: highlights and white shirts are overexposed as well, in smaller patches."""
_MOST = 3
"""More of them are slats or meshes, and one question."""
_WHITE = 98.5
"""L* of a ground that may be overexposed, as a white plate before it would be too."""
_SURE, _LESS_SURE = 0.85, 0.72
"""A style may remove both unseen: who sells plates does not ask for it."""


def find(scene: Scene) -> list[Candidate]:
    within = ground_within(scene.rgb, scene.alpha)
    if not within.any():
        return []
    is_white = scene.color(within)[0] > _WHITE
    least = (_LEAST_AREA_WHITE if is_white else _LEAST_AREA) * np.count_nonzero(scene.product)
    openings = [part.mask for part in parts(within) if part.area >= least]
    confidence = _LESS_SURE if is_white else _SURE
    if len(openings) > _MOST:
        openings = [np.any(openings, axis=0)]
    return [Candidate(mask=mask, confidence=confidence) for mask in openings]
