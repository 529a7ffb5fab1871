"""The top that is worn in the photo: what of the trunk's colors hangs together."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.parts import joined
from prodimages.engines.fitting.smooth import blurred
from prodimages.engines.fitting.wearer.colors import CLOTH, main_colors, nearest, spread
from prodimages.engines.fitting.wearer.view import View


def middle_of_trunk(view: View) -> np.ndarray:
    """(H, W) bool: where nothing but the top can be."""
    (ax, _ay), (bx, _by) = view.points["left_shoulder"], view.points["right_shoulder"]
    level, hip = _levels(view)
    return (
        (np.abs(view.x - (ax + bx) / 2) < 0.30 * view.span)
        & (view.y > level + 0.25 * view.span)
        & (view.y < level + 0.72 * (hip - level))
        & view.inside
    )


def old_top_of(
    view: View, skin: np.ndarray, hair: np.ndarray, torso: np.ndarray
) -> tuple[np.ndarray, bool]:
    """(H, W) bool, from neck to hips, sleeves included; and whether it is patterned. ``torso``:
    where it surely is.
    """
    if torso.sum() < 60:
        return np.zeros_like(view.inside), True
    values = view.lab[torso]
    centers, share = main_colors(values)
    bare = ~skin & ~hair
    candidates = view.inside & bare & (view.y < _levels(view)[1] + 0.22 * view.span)
    alike = candidates & ((nearest(view.lab, centers) < CLOTH) | _above_belt(view))
    mended = ndimage.binary_closing(alike, iterations=2) & candidates
    if mended.any():
        alike = joined(mended, torso)
    alike = _without_edges(ndimage.binary_fill_holes(alike) & view.inside & bare, view.span)
    high = values[:, 0] - blurred(view.lab[..., 0], view.span / 12)[torso]
    is_patterned = (share > 0.22 and spread(centers) > 16) or float(high.std()) > 9.0
    return alike, bool(is_patterned)


def _above_belt(view: View) -> np.ndarray:
    """Badges, buttons and print: whatever lies above the belt on the trunk belongs to the top."""
    level, hip = _levels(view)
    return np.asarray((view.y > level) & (view.y < hip - 0.12 * view.span))


def _without_edges(cloth: np.ndarray, span: float) -> np.ndarray:
    """Along bare arms a thin dark edge is neither skin nor cloth by its color."""
    thick = ndimage.binary_opening(cloth, iterations=max(2, round(span / 70)))
    return cloth & ndimage.binary_dilation(thick, iterations=max(3, round(span / 60)))


def _levels(view: View) -> tuple[float, float]:
    """The rows of the shoulders and of the hips."""
    points = view.points
    level = (points["left_shoulder"][1] + points["right_shoulder"][1]) / 2
    return level, (points["left_hip"][1] + points["right_hip"][1]) / 2
