"""Price tags that hang beside the product or over its outline."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.rectangles import squareness
from prodimages.cutouts.proposals.scene import Candidate, Part, Scene

_LEAST_SIDE, _MOST_SIDE = 0.05, 0.3
"""Of the product's size."""
_LEAST_LIGHTNESS, _MOST_CHROMA = 60.0, 25.0
_LEAST_SQUARENESS = 0.8
_MOST_ALIKE = 0.3


def find(scene: Scene) -> list[Candidate]:
    """A light rectangle of card that only a thread connects with the product, if anything.

    A second product, such as the other shoe, is larger and no rectangle; a label lies within
    the outline and is part of the product.
    """
    boxes = [_without_thread(part) for part in scene.thin if not _is_held_fast(scene, part)]
    return [found for box in boxes if box is not None and (found := _judged(scene, box))]


def _is_held_fast(scene: Scene, part: Part) -> bool:
    """Whether the part grows out of the product over more than a third of its own width."""
    near = ndimage.binary_dilation(part.mask, iterations=3)
    touching = near & scene.product & ~part.mask
    return np.count_nonzero(touching) > 3 * min(part.width, part.height) / 3


def _without_thread(part: Part) -> np.ndarray | None:
    """The card alone: what is left where thinner things are taken away."""
    radius = max(1.5, part.stroke / 5)
    inside = ndimage.distance_transform_edt(np.pad(part.mask, 1))[1:-1, 1:-1] > radius
    if not inside.any():
        return None
    card: np.ndarray = (ndimage.distance_transform_edt(~inside) <= radius + 0.5) & part.mask
    return card


def _judged(scene: Scene, card: np.ndarray) -> Candidate | None:
    square, short, long = squareness(card)
    if square < _LEAST_SQUARENESS:
        return None
    if short < _LEAST_SIDE * scene.size or long > _MOST_SIDE * scene.size:
        return None
    color = scene.color(card)
    chroma = float(np.hypot(color[1], color[2]))
    alike = scene.share_alike(scene.body.mask, color)
    if color[0] < _LEAST_LIGHTNESS or chroma > _MOST_CHROMA or alike > _MOST_ALIKE:
        return None
    confidence = 0.55 + 0.25 * (square - _LEAST_SQUARENESS) / (1 - _LEAST_SQUARENESS)
    return Candidate(mask=card, confidence=confidence + 0.15 * (1 - alike / _MOST_ALIKE))
