"""Looks for skin, hair, the old top and the limbs before it, in this order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.wearer.hair import LOWEST_HAIR, hair_of
from prodimages.engines.fitting.wearer.limbs import arms_of, limbs_of
from prodimages.engines.fitting.wearer.old_top import middle_of_trunk, old_top_of
from prodimages.engines.fitting.wearer.person import Person
from prodimages.engines.fitting.wearer.skin import skin_of
from prodimages.engines.fitting.wearer.view import View, view_of
from prodimages.imaging.pose import Point


def look_at(rgb: np.ndarray, alpha: np.ndarray, points: Mapping[str, Point]) -> Person:
    """(H, W, 3) uint8, (H, W) float32 0..1, joints in pixels."""
    view = view_of(rgb, alpha, points)
    skin, color = skin_of(view, rgb)
    arms = arms_of(view)
    about_head = _about_head(view, arms)
    trunk = middle_of_trunk(view) & ~skin
    cloth = view.lab[trunk & view.below_neck(LOWEST_HAIR)]
    hair = hair_of(view, about_head & ~skin, view.inside & ~skin, cloth)
    old, is_patterned = old_top_of(view, skin, hair, trunk & ~hair)
    head = about_head & ~(old & view.below_neck(-0.22) & ~skin)
    limbs = limbs_of(view, skin, arms)
    protected = head | hair | limbs
    # Where cloth meets skin a pixel is part of both, and of neither by its color.
    rim = ndimage.binary_dilation(old, iterations=2) & view.inside & ~hair & ~old
    old |= rim & ~ndimage.binary_erosion(skin, iterations=1) & view.below_neck(0)
    limbs &= ~rim
    old &= ~hair & ~limbs & ~(head & skin)
    return Person(
        rgb=rgb,
        alpha=alpha,
        points=points,
        skin=skin,
        skin_color=color,
        hair=hair,
        old=old,
        limbs=limbs,
        protected=protected & ~old,
        arms=arms,
        is_patterned=is_patterned,
    )


def _about_head(view: View, arms: np.ndarray) -> np.ndarray:
    """All that is above the shoulders and near to the neck: face, hair, and maybe a collar."""
    neck = view.points["neck"][1]
    slopes = _shoulder_line(view) - 0.02 * view.span
    above = view.inside & (view.y < np.minimum(slopes, neck)) & (arms == 0)
    return above & (view.beside_neck(0.55) | (view.y < neck - 0.25 * view.span))


def _shoulder_line(view: View) -> np.ndarray:
    """Row of the slope from the neck's sides down to the shoulders, by column."""
    (ax, ay), (bx, by) = view.points["left_shoulder"], view.points["right_shoulder"]
    nx, ny = view.points["neck"]
    span = bx - ax
    columns = [ax, nx - 0.17 * span, nx + 0.17 * span, bx]
    rows = [ay, ny - 0.10 * span, ny - 0.10 * span, by]
    return np.interp(view.x, columns, rows)
