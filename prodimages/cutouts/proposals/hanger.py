"""The hook of a hanger that rises from the neck of a garment."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.scene import Candidate, Part, Scene, opening, parts

_MIDDLE = 0.2
"""How far from the garment's middle a hook may rise, as a share of the garment's width."""
_LEAST_HEIGHT, _MOST_HEIGHT = 0.05, 0.45
_MOST_WIDTH = 0.26
_MOST_STROKE = 0.075
_MOST_ALIKE = 0.25
"""Share of the garment that may have the hook's color."""
_LEAST_BEND = 0.1
_MOST_GAP = 0.4
"""Height of a gap under the part, as a share of its own, from which it is a handle."""

_SAME_COLOR = 18.0
"""Difference in CIELAB within which something is of the hook's color."""
_MIXED_COLOR = 48.0
"""The same for pixels of its rim, which hold some of what is beside it."""
_NECK = 0.3
"""How far down and to the sides a neck reaches, as a share of the garment's size."""
_STUB, _MOST_BARS = 7, 3.0


def find(scene: Scene) -> list[Candidate]:
    """A thin part above the middle of a wide body, held at one place, bent like a hook.

    A handle or a strap is held at two places and encloses a gap, a neck of a bottle is as
    thick as its cap, a cord does not bend.
    """
    hooks = [part for part in scene.thin if _is_placed(part, scene.body)]
    return [found for part in hooks if (found := _judged(scene, part)) is not None]


def _is_placed(part: Part, body: Part) -> bool:
    middle = (part.left + part.right) / 2 - (body.left + body.right) / 2
    return (
        part.bottom < body.top + 0.25 * body.height
        and part.top < body.top
        and abs(middle) < _MIDDLE * body.width
        and part.width < _MOST_WIDTH * body.width
        and _LEAST_HEIGHT * body.height < part.height < _MOST_HEIGHT * body.height
        and part.height > 0.7 * part.width
    )


def _judged(scene: Scene, part: Part) -> Candidate | None:
    if part.stroke > _MOST_STROKE * scene.body.width or _encloses(scene, part):
        return None
    alike, bend = scene.share_alike(scene.body.mask, scene.color(part.mask)), _bend(part)
    if alike > _MOST_ALIKE or bend < _LEAST_BEND:
        return None
    confidence = 0.55 + 0.25 * (1 - alike / _MOST_ALIKE) + 0.2 * min(1.0, bend / 0.4)
    return Candidate(mask=part.mask | _bars(scene, part), confidence=confidence)


def _bars(scene: Scene, hook: Part) -> np.ndarray:
    """(h, w) bool: what of the hanger goes on inside the neck, with what it cuts off there.

    It has the hook's color and is no thicker than twice the hook; more than thrice the hook's
    area is taken for a part of the garment.
    """
    body, none = scene.body, np.zeros_like(scene.product)
    unlike = np.linalg.norm(scene.lab - scene.color(hook.mask), axis=-1)
    near = none.copy()
    reach = round(_NECK * body.width)
    middle = (hook.left + hook.right) // 2
    near[hook.top : body.top + round(_NECK * body.height)] = True
    near[:, : max(0, middle - reach)] = near[:, middle + reach :] = False
    bars = scene.product & (unlike < _SAME_COLOR) & near
    bars &= ~opening(bars, hook.stroke)
    seeds = ndimage.binary_dilation(hook.mask, iterations=_STUB) & bars
    bars = ndimage.binary_propagation(seeds, mask=bars, structure=np.ones((3, 3))) & ~hook.mask
    if not hook.stroke**2 < np.count_nonzero(bars) < _MOST_BARS * hook.area:
        return none
    rim = ndimage.binary_dilation(bars, iterations=2) & scene.product & (unlike < _MIXED_COLOR)
    bars |= rim & ~hook.mask
    left = scene.product & ~hook.mask & ~bars
    islands = [part.mask for part in parts(left & near) if not _is_held(part, left, near)]
    return np.any([bars, *(mask for mask in islands if mask.sum() < hook.area)], axis=0)


def _is_held(part: Part, left: np.ndarray, near: np.ndarray) -> bool:
    """Whether a part of the neck goes on outside of it."""
    return bool((ndimage.binary_dilation(part.mask, np.ones((3, 3))) & left & ~near).any())


def _encloses(scene: Scene, part: Part) -> bool:
    """Whether a gap lies between part and body, as under a handle."""
    holes = ndimage.binary_fill_holes(scene.product) & ~scene.product
    near_part = ndimage.binary_dilation(part.mask, iterations=3)
    near_body = ndimage.binary_dilation(scene.body.mask, iterations=3)
    return any(
        hole.height > _MOST_GAP * part.height
        and (hole.mask & near_part).any()
        and (hole.mask & near_body).any()
        for hole in parts(holes)
    )


def _bend(part: Part) -> float:
    """Share of its rows in which the part is there twice, as a hook is beside its stem."""
    rows = part.inner
    runs = np.count_nonzero(np.diff(rows, axis=1, prepend=False) & rows, axis=1)
    return float(np.mean(runs >= 2))
