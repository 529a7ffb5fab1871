"""Whether somebody in whom no face is found was photographed from behind, by colors alone.

From behind the middle of the head has the color of its crown, and the hands have another one. A
bald head, hidden hands and hair that is near to the skin's color leave it open; then the shopper
is asked. A veil before the face looks like hair from behind, so that this is no last word either.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import SIDES, span_of, unit
from prodimages.imaging.color import lab as lab_of
from prodimages.imaging.pose import Point

_ALIKE = 14.0
"""CIELAB distance, lightness at a bit over half, within which colors pass for one head of hair."""
_APART = 17.0
"""The same, from which on hands are not of the crown's color."""
_SHARE = 0.75
"""Of the middle of the head that must have the crown's color. Of rendered figures from the front
at most 0.56 has it where hands differ from hair, from behind 0.87 at least, with the nape below.
"""
_LIGHTNESS = 0.35
_LEAST_PIXELS = 40


def is_from_behind(rgb: np.ndarray, alpha: np.ndarray, points: Mapping[str, Point]) -> bool:
    """(H, W, 3) uint8, (H, W) 0..1, joints in pixels. False also where it can't be told."""
    span = span_of(points)
    lab = lab_of(ndimage.gaussian_filter(rgb, (span / 160, span / 160, 0)))
    inside = ndimage.binary_erosion(alpha > 0.9, iterations=max(1, round(span / 60)))
    crown, middle = _head(inside, points, span)
    hands = _hands(inside, points, span)
    if min(crown.sum(), middle.sum(), hands.sum()) < _LEAST_PIXELS:
        return False
    hair, skin = (np.median(lab[part], axis=0) for part in (crown, hands))
    if not _may_be_skin(skin) or _distance(skin, hair) < _APART:
        return False
    return float((_distance(lab[middle], hair) < _ALIKE).mean()) > _SHARE


def _head(
    inside: np.ndarray, points: Mapping[str, Point], span: float
) -> tuple[np.ndarray, np.ndarray]:
    """The uppermost part of the head, and where a face would be."""
    height, width = inside.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    nx, ny = points["neck"]
    face = ((x - nx) / (0.16 * span)) ** 2 + ((y - (ny - 0.46 * span)) / (0.19 * span)) ** 2 < 1
    head = inside & (np.abs(x - nx) < 0.25 * span) & (y < ny - 0.2 * span)
    rows = np.flatnonzero(head.any(axis=1))
    top = rows[0] if rows.size else 0
    return head & (y < top + 0.12 * span), face & inside


def _hands(inside: np.ndarray, points: Mapping[str, Point], span: float) -> np.ndarray:
    height, width = inside.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hands = np.zeros_like(inside)
    for side in SIDES:
        elbow, wrist = points[f"{side}_elbow"], points[f"{side}_wrist"]
        way = unit(np.subtract(wrist, elbow))
        cx, cy = np.add(wrist, way * 0.12 * span)
        hands |= (x - cx) ** 2 + (y - cy) ** 2 < (0.12 * span) ** 2
    return hands & inside


def _distance(colors: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt((((colors - other) ** 2) * (_LIGHTNESS, 1, 1)).sum(axis=-1)))


def _may_be_skin(color: np.ndarray) -> bool:
    """Of whatever tone: between red and yellow, neither gray nor garish."""
    _light, red, yellow = (float(value) for value in color)
    chroma, hue = np.hypot(red, yellow), np.degrees(np.arctan2(yellow, red))
    return bool(6 < chroma < 50 and 15 < hue < 85)
