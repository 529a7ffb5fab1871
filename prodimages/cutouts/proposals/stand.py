"""The pole and foot under a garment that is shown on a stand or a bust."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.rectangles import solidity
from prodimages.cutouts.proposals.scene import Candidate, Part, Scene

_MIDDLE = 0.15
_MOST_STROKE = 0.1
_LEAST_HEIGHT, _MOST_HEIGHT = 0.1, 0.8
_MOST_ALIKE = 0.2
_MOST_SOLID = 0.94
"""Of its convex hull. A garment has arms, waist and folds; lampshades and bowls have not."""
_LEAST_BODY = 0.8
"""Height of the garment for its width."""


def find(scene: Scene) -> list[Candidate]:
    """A straight pole in another color, below the middle of what has a garment's outline.

    The stem of a glass, a heel and a lamp's foot are part of a product whose body is convex,
    or has the same color, or has the pole at its side.
    """
    body = scene.body
    if body.height < _LEAST_BODY * body.width:
        return []
    poles = [part for part in scene.thin if _is_pole(part, body)]
    if not poles or solidity(body.mask) > _MOST_SOLID:
        return []
    return [found for pole in poles if (found := _judged(scene, pole)) is not None]


def _is_pole(part: Part, body: Part) -> bool:
    upper = part.inner[: max(1, part.height // 2)]
    columns = np.flatnonzero(upper.any(axis=0))
    width = columns[-1] - columns[0] + 1
    middle = part.left + (columns[0] + columns[-1]) / 2 - (body.left + body.right) / 2
    return (
        part.top > body.top + 0.6 * body.height
        and part.bottom > body.bottom
        and abs(middle) < _MIDDLE * body.width
        and width < _MOST_STROKE * body.width
        and _LEAST_HEIGHT * body.height < part.height < _MOST_HEIGHT * body.height
        and part.height > 3 * width
    )


def _judged(scene: Scene, pole: Part) -> Candidate | None:
    upper = pole.mask.copy()
    upper[pole.top + pole.height // 2 :] = False
    alike = scene.share_alike(scene.body.mask, scene.color(upper))
    if alike > _MOST_ALIKE:
        return None
    stand = pole.mask | _foot(scene, pole)
    return Candidate(mask=stand, confidence=0.6 + 0.25 * (1 - alike / _MOST_ALIKE))


def _foot(scene: Scene, pole: Part) -> np.ndarray:
    """What of the product hangs together with the pole below its upper half."""
    rest = scene.product & ~ndimage.binary_dilation(scene.body.mask, iterations=2)
    rest[: pole.top + pole.height // 2] = False
    return ndimage.binary_propagation(pole.mask & rest, mask=rest)
