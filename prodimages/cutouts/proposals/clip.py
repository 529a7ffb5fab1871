"""Pairs of clips or pegs that hold a garment by its upper edge."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import ndimage

from prodimages.cutouts.proposals.scene import Candidate, Part, Scene, parts

_LEAST_SIDE, _MOST_SIDE = 0.035, 0.16
"""Of the product's size."""
_BAND = 0.1
"""How far below the upper outline a clip may reach, as a share of the product's size."""
_LEAST_COLOR = 28.0
"""Difference from the product in CIELAB."""
_MOST_ALIKE = 0.1
_LEAST_COMPACT = 0.5
_TALL = 0.6
"""Of a bar's height: columns of it that reach so far are its clips."""


def find(scene: Scene) -> list[Candidate]:
    """Two small parts alike, in another color, that stick out of one upper edge at its ends, or
    end two straps of one product; the bar between them goes with them.

    The gap between them is bridged by the product's own edge, unlike that between two shoes;
    buttons and rivets do not stick out.
    """
    clips = [(clip, part.mask) for part in _foreign(scene) for clip in _clips_of(scene, part)]
    clips = [(clip, mask) for clip, mask in clips if _sticks_out(scene, clip)]
    for one, other in itertools.combinations(clips, 2):
        if _is_pair(scene, one[0], other[0]):
            masks = [one[1]] if one[1] is other[1] else [one[1], other[1]]
            return [Candidate(mask=mask, confidence=0.75) for mask in masks]
    return []


def _clips_of(scene: Scene, part: Part) -> list[Part]:
    """The part itself, or what is tall of a low bar that may join two clips."""
    if _is_small(scene, part):
        return [part]
    tall = part.mask & (part.mask.sum(axis=0) > _TALL * part.height)
    return [clip for clip in parts(tall) if _is_small(scene, clip)]


def _foreign(scene: Scene) -> list[Part]:
    """What begins near the upper outline and has a color that the body hardly has."""
    product = scene.product
    reach = max(3, round(_BAND * scene.size))
    depth = np.cumsum(product, axis=0)
    columns = product & (depth <= reach)
    far = np.linalg.norm(scene.lab - scene.color(scene.body.mask), axis=-1) > _LEAST_COLOR
    seeds = ndimage.binary_opening(columns & far, iterations=1)
    # Opened, since pixels of the outline have the ground's color in theirs.
    solid = ndimage.binary_opening(product & far)
    return list(parts(ndimage.binary_propagation(seeds & solid, mask=solid)))


def _is_small(scene: Scene, part: Part) -> bool:
    least, most = _LEAST_SIDE * scene.size, _MOST_SIDE * scene.size
    fits = least < min(part.width, part.height) and max(part.width, part.height) < most
    compact = part.area / (part.width * part.height) > _LEAST_COMPACT
    return (
        fits
        and compact
        and scene.share_alike(scene.body.mask, scene.color(part.mask)) < (_MOST_ALIKE)
    )


def _sticks_out(scene: Scene, part: Part) -> bool:
    """Whether the outline steps down on at least one side of the part."""
    left, right = max(0, part.left - 4), min(scene.product.shape[1] - 1, part.right + 3)
    tops = [_top(scene.product[:, column]) for column in (left, right)]
    return max(tops) >= part.top + max(2.0, 0.15 * part.height)


def _top(column: np.ndarray) -> int:
    return int(np.argmax(column)) if column.any() else len(column)


def _is_pair(scene: Scene, one: Part, other: Part) -> bool:
    body = scene.body
    middle = (body.left + body.right) / 2
    left, right = sorted((one, other), key=lambda part: part.left)
    level = abs(one.top - other.top) < 0.08 * scene.size
    alike = max(one.area, other.area) < 2.5 * min(one.area, other.area)
    color = np.linalg.norm(scene.color(one.mask) - scene.color(other.mask)) < 20
    apart = right.left - left.right > 0.2 * scene.size
    astride = left.right < middle < right.left
    if not (level and alike and color and apart and astride):
        return False
    return _bridged(scene, left, right) or _on_straps(scene, left, right)


def _on_straps(scene: Scene, left: Part, right: Part) -> bool:
    """Whether both top thin parts of one product, well above its body."""
    labels, _count = ndimage.label(scene.product, structure=np.ones((3, 3)))
    ends = [int(labels[part.mask].max()) for part in (left, right)]
    body = int(np.bincount(labels[scene.body.mask]).argmax())
    lowest = scene.body.top - max(left.height, right.height)
    return ends == [body, body] and max(left.bottom, right.bottom) < lowest


def _bridged(scene: Scene, left: Part, right: Part) -> bool:
    """Whether the product's upper edge runs on between the two, without a dip."""
    tops = np.array([_top(scene.product[:, x]) for x in range(left.right + 2, right.left - 2)])
    if not tops.size:
        return False
    lowest = max(left.bottom, right.bottom) + 0.08 * scene.size
    return bool(tops.max() < lowest)
