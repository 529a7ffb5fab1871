"""Where the outline turns from the slope of the shoulders down to the arms."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import SIGNS
from prodimages.engines.fitting.landmarks.body import Body
from prodimages.engines.fitting.landmarks.head import Head
from prodimages.engines.fitting.landmarks.refusal import cut_at_shoulders
from prodimages.imaging.pose import Point

_LOWEST = 0.72
"""Heads below the chin at which a shoulder ends at the latest; elbows may stick out farther."""
_WIDEST = 0.95
"""Heads from the middle to a shoulder's end at most."""
_NARROWEST = 0.35
"""Likewise, at least."""


def shoulders_of(body: Body, head: Head) -> tuple[Point, Point]:
    """Their ends, a little inside of the outline.

    Raises JobFailure(PERSON) in words where they can't be told.
    """
    (ax, ay), (bx, by) = (_end(body, head, side) for side in (0, 1))
    near = min(head.axis - ax, bx - head.axis)
    if near < 0.3 * (bx - ax):
        # One side is hidden by an arm or hair: mirror the nearer one.
        reach = max(near, 0.42 * (bx - ax))
        ax, bx = head.axis - reach, head.axis + reach
    inset = 0.035 * (bx - ax)
    return (ax + inset, ay + inset), (bx - inset, by + inset)


def _end(body: Body, head: Head, side: int) -> Point:
    edge, sign = body.edges[side].astype(float), SIGNS[side]
    first = int(max(head.chin, body.top + 1))
    last = int(min(head.chin + _LOWEST * head.height, body.bottom))
    rows = np.arange(first, last + 1)
    if len(rows) < 4:
        raise cut_at_shoulders()
    reach = ndimage.gaussian_filter1d((edge[rows] - head.axis) * sign, 1.0)
    corner = _corner(reach)
    if reach[corner] > _WIDEST * head.height:  # the elbow of an arm held out
        corner = int(np.argmax(reach >= _WIDEST * head.height))
    if reach[corner] < _NARROWEST * head.height:
        raise cut_at_shoulders()
    return head.axis + sign * reach[corner], float(rows[corner])


def _corner(reach: np.ndarray) -> int:
    """The farthest point in the direction between outward and up; of ``reach``, by row, how far
    out the outline is. A lower one counts where it is clearly farther out.
    """
    deep = np.arange(len(reach))
    corner = int(np.argmax(reach - deep))
    for weight in (0.9, 0.75, 0.6):
        candidate = int(np.argmax(reach - weight * deep))
        if reach[candidate] > 1.05 * reach[corner] and candidate > corner:
            corner = candidate
    return corner
