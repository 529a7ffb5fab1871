"""How deep the front of a neck's opening hangs."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.pose import Point

_CREW = 0.40
"""How deep a crew neck's front is, as a share of its width."""


def neck_drop(mask: np.ndarray, color: np.ndarray, collar: tuple[Point, Point]) -> float:
    """Of the half ellipses that hang from the collar's ends, the one along the clearest edge.

    The strip of the back that shows above the front's edge is as deep as a crew neck's where no
    edge is found.
    """
    (ax, ay), (bx, by) = collar
    across = bx - ax
    down = _edges(mask, color)
    angle = np.linspace(np.pi * 0.12, np.pi * 0.88, 48)
    x = (ax + bx) / 2 - across / 2 * np.cos(angle)
    base = ay + (by - ay) * (x - ax) / max(across, 1.0)
    drops = np.arange(0.16, 0.95, 0.02) * across
    scores = np.array(
        [
            np.median(ndimage.map_coordinates(down, [base + drop * np.sin(angle), x], order=1))
            for drop in drops
        ]
    )
    # The back's collar and the rib's own seam are edges as well; a crew neck's is likelier.
    likely = 0.12 + np.exp(-(((drops / across - _CREW) / 0.16) ** 2))
    best = int(np.argmax(np.sqrt(scores) * likely))
    is_clear = scores[best] > 1.3 * float(np.median(scores)) + 3
    return float(drops[best]) if is_clear else _CREW * across


def _edges(mask: np.ndarray, color: np.ndarray) -> np.ndarray:
    """(h, w) how much lightness changes downward, and at half that weight across."""
    light = np.where(mask, color.astype(float).mean(axis=-1), 255.0)
    smooth = ndimage.gaussian_filter(light, 0.8)
    return np.abs(ndimage.sobel(smooth, axis=0)) + 0.5 * np.abs(ndimage.sobel(smooth, axis=1))
