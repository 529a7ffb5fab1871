"""Arms and hands, and what of them is bare before the body."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import SIDES, unit
from prodimages.engines.fitting.parts import solid
from prodimages.engines.fitting.wearer.view import View
from prodimages.imaging.pose import Point


def arms_of(view: View) -> np.ndarray:
    """(H, W) int8: along the bones, as wide as arms in loose sleeves are; 1 left and 2 right."""
    arms = np.zeros(view.x.shape, np.int8)
    for number, side in enumerate(SIDES, start=1):
        shoulder, elbow, wrist = (
            view.points[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist")
        )
        upper = _distance_to_bone(view, shoulder, elbow) < 0.17 * view.span
        lower = _distance_to_bone(view, elbow, wrist) < 0.15 * view.span
        arms[upper | lower] = number
    return arms * view.inside


def limbs_of(view: View, skin: np.ndarray, arms: np.ndarray) -> np.ndarray:
    """(H, W) bool: skin of arms and hands, and other skin that none joins to the face."""
    bare = skin & (arms > 0)
    return solid(_apart_from_face(view, skin) | bare, view.span) | _hands(view, skin)


def _distance_to_bone(view: View, start: Point, end: Point) -> np.ndarray:
    (ax, ay), (bx, by) = start, end
    x, y = view.x, view.y
    dx, dy = bx - ax, by - ay
    share = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
    return np.hypot(x - ax - dx * share, y - ay - dy * share)


def _apart_from_face(view: View, skin: np.ndarray) -> np.ndarray:
    """Skin below the neckline that no skin joins to the face: what is before the body."""
    labels, _count = ndimage.label(ndimage.binary_opening(skin, iterations=2))
    face = view.of_face(0.46, 0.16, 0.19)
    joined = np.unique(labels[face & (labels > 0)])
    small = np.flatnonzero(np.bincount(labels.ravel()) < 0.012 * view.span**2)
    dropped = np.union1d(joined, small)  # small ones are buttons, cords and print
    return (labels > 0) & ~np.isin(labels, dropped) & view.below_neck(0.30)


def _hands(view: View, skin: np.ndarray) -> np.ndarray:
    hands = np.zeros_like(view.inside)
    for side in SIDES:
        elbow, wrist = view.points[f"{side}_elbow"], view.points[f"{side}_wrist"]
        way = unit(np.subtract(wrist, elbow))
        cx, cy = np.add(wrist, way * 0.20 * view.span)
        near = (view.x - cx) ** 2 + (view.y - cy) ** 2 < (0.30 * view.span) ** 2
        hands |= near & skin & view.inside
    return solid(hands, view.span)
