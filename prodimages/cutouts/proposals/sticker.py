"""Price stickers on the product, in the signal colors that they are printed in."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.rectangles import squareness
from prodimages.cutouts.proposals.scene import Candidate, Part, Scene, parts

_LEAST_CHROMA, _LEAST_MEDIAN_CHROMA = 50.0, 64.0
"""Of each pixel, and of the sticker as a whole; gloss and lettering take some away."""
_LEAST_SIDE, _MOST_SIDE = 0.035, 0.2
"""Of the product's size."""
_LEAST_SQUARENESS = 0.72
"""An ellipse fills 0.785 of its rectangle."""
_MOST_SLENDER = 2.2
_MOST_ALIKE = 0.006
"""Share of the product, apart from the sticker, that may have its color."""
_LEAST_COLOR = 30.0
"""Difference from what surrounds it, in CIELAB."""
_LEAST_PLAIN = 0.65
"""Share of what surrounds it that has one color."""
_OFF_CENTER = 0.06
"""Of the product's width: what sits in the middle is meant to be there, as a logo is."""
CONFIDENCE = 0.6
"""Never sure: a badge may look the same, and what lies under a sticker is not known."""


def find(scene: Scene) -> list[Candidate]:
    """One small patch of a signal color that the product has nowhere else, off its middle.

    A second patch alike makes both a pattern. White stickers are not told from labels.
    """
    patches = [part for part in parts(_signal(scene)) if _is_small(scene, part)]
    stickers = [part for part in patches if _stands_alone(scene, part)]
    if len(stickers) != 1:
        return []
    mask = ndimage.binary_dilation(stickers[0].mask, iterations=2) & scene.product
    return [Candidate(mask=mask, confidence=CONFIDENCE)]


def _signal(scene: Scene) -> np.ndarray:
    """Vivid pixels well inside the product, with the lettering on them."""
    chroma = np.hypot(scene.lab[..., 1], scene.lab[..., 2])
    differs = np.linalg.norm(scene.lab - scene.color(scene.product), axis=-1) > _LEAST_COLOR
    vivid = ndimage.binary_opening((chroma > _LEAST_CHROMA) & differs & scene.product)
    return ndimage.binary_fill_holes(ndimage.binary_closing(vivid, iterations=2))


def _is_small(scene: Scene, part: Part) -> bool:
    square, short, long = squareness(part.mask)
    return (
        square > _LEAST_SQUARENESS
        and short > _LEAST_SIDE * scene.size
        and long < _MOST_SIDE * scene.size
        and long < _MOST_SLENDER * short
    )


def _stands_alone(scene: Scene, part: Part) -> bool:
    body = scene.body
    middle = (part.left + part.right) / 2 - (body.left + body.right) / 2
    rest = scene.product & ~ndimage.binary_dilation(part.mask, iterations=3)
    if abs(middle) < _OFF_CENTER * body.width or not rest.any():
        return False
    ring = ndimage.binary_dilation(part.mask, iterations=8) & rest
    alike = scene.share_alike(rest, scene.color(part.mask), 20.0)
    return alike < _MOST_ALIKE and _is_plain(scene, part, ring)


def _is_plain(scene: Scene, part: Part, ring: np.ndarray) -> bool:
    """Whether the product goes on evenly all around, in one color that is not the sticker's."""
    if np.count_nonzero(ring) < part.area / 4:
        return False
    own, color = scene.color(part.mask), scene.color(ring)
    if np.hypot(own[1], own[2]) < _LEAST_MEDIAN_CHROMA:
        return False
    differs = float(np.linalg.norm(color - own)) > _LEAST_COLOR
    return differs and scene.share_alike(ring, color) > _LEAST_PLAIN
