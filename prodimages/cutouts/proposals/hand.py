"""A hand that holds the product into the photo."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.scene import Candidate, Part, Scene, opening, parts

_HUE, _CHROMA, _REDNESS = (24.0, 66.0), (11.0, 34.0), 6.0
"""Of skin in CIELAB, light to dark: hue angle in degrees, chroma, and a* at least."""
_LEAST_AREA, _MOST_AREA = 0.015, 0.6
"""Of the product's area."""
_LEAST_WRIST = 0.06
"""Of the photo's shorter side: what crosses the photo's edge is at least so wide."""
_MOST_SKIN = 0.12
"""Share of the rest that may have the color of skin: more, and it is the product's color."""


def find(scene: Scene) -> list[Candidate]:
    """A region of the color of skin that comes in over the photo's edge.

    Tan leather, wood and beige cloth have the color too, but then all of the product has.
    """
    skin = _skin(scene) & scene.product
    if not _crosses_edge(skin):
        return []
    skin = opening(skin, 2.0)
    skin = ndimage.binary_fill_holes(skin | ndimage.binary_closing(skin, iterations=2))
    skin &= scene.product
    hands = [part for part in parts(skin) if _crosses_edge(part.mask)]
    return [found for part in hands if (found := _judged(scene, part, skin)) is not None]


def _skin(scene: Scene) -> np.ndarray:
    light, red, yellow = np.moveaxis(scene.lab, -1, 0)
    hue, chroma = np.degrees(np.arctan2(yellow, red)), np.hypot(red, yellow)
    inside = (hue > _HUE[0]) & (hue < _HUE[1]) & (chroma > _CHROMA[0]) & (chroma < _CHROMA[1])
    return inside & (red > _REDNESS) & (light > 20) & (light < 92)


def _crosses_edge(mask: np.ndarray) -> bool:
    crossing = max(np.count_nonzero(line) for line in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    return crossing >= _LEAST_WRIST * min(mask.shape)


def _judged(scene: Scene, part: Part, skin: np.ndarray) -> Candidate | None:
    share = part.area / max(1, np.count_nonzero(scene.product))
    rest = scene.product & ~ndimage.binary_dilation(part.mask, iterations=3)
    if not _LEAST_AREA < share < _MOST_AREA or not rest.any():
        return None
    elsewhere = np.count_nonzero(skin & rest) / np.count_nonzero(rest)
    alike = scene.share_alike(rest, scene.color(part.mask), 12.0)
    if max(elsewhere, alike) > _MOST_SKIN:
        return None
    mask = ndimage.binary_dilation(part.mask, iterations=2) & scene.product
    return Candidate(mask=mask, confidence=0.55 + 0.3 * (1 - max(elsewhere, alike) / _MOST_SKIN))
