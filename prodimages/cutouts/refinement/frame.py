"""Where the photo's edge cuts the product, and where the product merely reaches it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box

EDGES = ("left", "top", "right", "bottom")
_LEAST_CONTACT = 0.0025
"""Share of an edge, at least _FEW_PIXELS, that the product lies on before it counts at all."""
_FEW_PIXELS = 3
_WIDE_CONTACT = 0.01
"""The same where it is said to touch the edge, be there much beyond it or little."""
_MOST_LOST = 0.01
"""How far beyond the edge, as a share of the product's extent that way, it may end unmissed."""
_INWARD = 0.02
"""How far inside, as a share of the extent, its width is compared with that on the edge."""


def touched_edges(alpha: np.ndarray) -> frozenset[str]:
    """Which edges cut the (H, W) product, or touch it over 1 % of their length or more."""
    touched = set(cutting_edges(alpha))
    for edge, inward in _inward(alpha).items():
        contact = np.count_nonzero(inward[0] > 0.5)
        if contact >= max(_FEW_PIXELS, _WIDE_CONTACT * inward.shape[1]):
            touched.add(edge)
    return frozenset(touched)


def cutting_edges(alpha: np.ndarray) -> frozenset[str]:
    """Which edges cut the (H, W) product so that a part of it is missing.

    A corner of a cuff that just reaches the edge loses nothing that anybody would miss. How
    much lies beyond is told by how the product narrows toward the edge, continued in a line:
    parallel sides have no end, and a blunt tip ends soon.
    """
    box = bounding_box(alpha, 0.5)
    if box is None:
        return frozenset()
    extent = {"left": box[2] - box[0], "top": box[3] - box[1]}
    extent |= {"right": extent["left"], "bottom": extent["top"]}
    return frozenset(
        edge
        for edge, inward in _inward(alpha).items()
        if _beyond(inward, extent[edge]) > _MOST_LOST * extent[edge]
    )


def is_trimmed(alpha: np.ndarray) -> bool:
    """Whether the frame of a photo with its own transparency is the product's box.

    Programs that take a background out trim what is left like that: nothing is cut then.
    """
    height, width = alpha.shape
    return bounding_box(alpha) == (0, 0, width, height) and bool(np.any(alpha < 0.5))


def _inward(alpha: np.ndarray) -> dict[str, np.ndarray]:
    """``alpha`` seen from each edge: row 0 lies on it, the others follow inward."""
    return {"left": alpha.T, "top": alpha, "right": alpha[:, ::-1].T, "bottom": alpha[::-1]}


def _beyond(inward: np.ndarray, extent: int) -> float:
    """How many pixels of the product lie beyond row 0, by the part that has most of them."""
    depth = min(max(_FEW_PIXELS, round(_INWARD * extent)), inward.shape[0] - 1)
    parts, _count = ndimage.label(inward[: depth + 1] > 0.5)
    on_edge, inside = (np.bincount(row, minlength=_count + 1) for row in (parts[0], parts[-1]))
    least = max(_FEW_PIXELS, _LEAST_CONTACT * inward.shape[1])
    lost = 0.0
    for part in np.unique(parts[0][parts[0] > 0]):
        if on_edge[part] >= least:
            narrows_by = inside[part] - on_edge[part]
            lost = max(lost, on_edge[part] * depth / narrows_by if narrows_by > 0 else np.inf)
    return lost
