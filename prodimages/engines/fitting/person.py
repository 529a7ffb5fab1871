"""What a person wears and shows: skin, hair, the old top, and what a garment may not cover."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.smooth import blurred
from prodimages.imaging.color import lab as lab_of

Point = tuple[float, float]

_SKIN = 2.6
"""Deviations from the face's color within which skin is seen."""
_HAIR = 2.6
_LOWEST_HAIR = 0.55
"""Shoulders' widths below the throat down to which hair is looked for."""
_CLOTH = 17.0
"""CIELAB distance from the old top's colors within which a pixel belongs to it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """All arrays have the picture's size."""

    rgb: np.ndarray
    """(H, W, 3) uint8."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1: the silhouette."""
    points: Mapping[str, Point]
    """Joints in pixels."""
    skin: np.ndarray
    """(H, W) bool: bare skin."""
    skin_color: np.ndarray
    """(3,) float32 in 0..255: the face's."""
    hair: np.ndarray
    old: np.ndarray
    """(H, W) bool: the top that is worn in the photo."""
    limbs: np.ndarray
    """(H, W) bool: skin that does not hang together with the face: arms and hands."""
    protected: np.ndarray
    """(H, W) bool: face, hair, hands, and bare arms before the body."""
    arms: np.ndarray
    """(H, W) int8: 1 in the left arm of the picture, 2 in the right one, 0 elsewhere."""
    is_patterned: bool
    """Whether the old top's pattern would be taken for light and shade."""
    wanted: np.ndarray | None = None
    """(H, W) bool: what somebody put into the region, beside what is found."""
    left: np.ndarray | None = None
    """(H, W) bool: what somebody took out of it."""

    @property
    def span(self) -> float:
        """Pixels between the shoulders: the unit of all that is measured on a body."""
        return span_of(self.points)


def span_of(points: Mapping[str, Point]) -> float:
    return float(np.hypot(*np.subtract(points["right_shoulder"], points["left_shoulder"])))


def look_at(rgb: np.ndarray, alpha: np.ndarray, points: Mapping[str, Point]) -> Person:
    span = span_of(points)
    lab = lab_of(ndimage.gaussian_filter(rgb, (span / 160, span / 160, 0)))
    inside = alpha > 0.5
    height, width = inside.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    nx, ny = points["neck"]
    face = ((x - nx) / (0.16 * span)) ** 2 + ((y - (ny - 0.46 * span)) / (0.19 * span)) ** 2 < 1
    face &= inside
    # Around nose and cheeks, where neither a fringe nor locks at the temples lend it their color.
    cheeks = ((x - nx) / (0.12 * span)) ** 2 + ((y - (ny - 0.40 * span)) / (0.13 * span)) ** 2 < 1
    skin, color = _skin(lab, rgb, cheeks & inside, inside)
    arms = _arms(x, y, points, span) * inside
    collar_line = _shoulder_line(x, points) - 0.02 * span
    above = inside & (y < np.minimum(collar_line, ny)) & (arms == 0)
    near_head = (np.abs(x - nx) < 0.55 * span) | (y < ny - 0.25 * span)
    trunk = _torso_seed(x, y, points, span) & inside & ~skin
    cloth = lab[trunk & (y > ny + _LOWEST_HAIR * span)]
    hair = _hair(lab, x, y, above & ~skin & near_head, inside & ~skin, cloth, points, span)
    torso = trunk & ~hair
    old, patterned = _old_top(lab, inside, skin, hair, torso, y, points, span)
    head = above & near_head & ~(old & (y > ny - 0.22 * span) & ~skin)
    hands = _hands(x, y, points, span, skin, inside)
    bare = skin & (arms > 0)
    # Where cloth meets skin a pixel is part of both, and of neither by its color.
    rim = ndimage.binary_dilation(old, iterations=2) & inside & ~hair & ~old
    old |= rim & ~ndimage.binary_erosion(skin, iterations=1) & (y > ny)
    limbs = (
        _solid(_apart_from(face, skin, y > ny + 0.30 * span, 0.012 * span**2) | bare, span) | hands
    )
    protected = head | hair | limbs
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
        is_patterned=patterned,
    )


def _skin(
    lab: np.ndarray, rgb: np.ndarray, face: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels with the face's color, whatever that is, and that color itself."""
    if face.sum() < 30:
        return np.zeros_like(inside), np.float32([176, 138, 118])
    values = lab[face]
    # The middle of the face's lightness leaves eyes, brows, beard and hair out.
    light = values[:, 0]
    low, high = np.percentile(light, (35, 90))
    core = values[(light >= low) & (light <= high)]
    center = np.median(core, axis=0)
    spread = 1.48 * np.median(np.abs(core - center), axis=0)
    # Light hair before a dark face would else make everything skin.
    spread = np.clip(spread, (9.0, 3.0, 3.5), (14.0, 3.6, 4.2))
    spread[0] *= 1.6  # limbs are lit otherwise than faces
    distance = np.sqrt((((lab - center) / spread) ** 2 * (0.6, 1.2, 1.2)).sum(axis=-1))
    chosen = face & (distance < 1.5)
    color = np.median(rgb[chosen if chosen.any() else face], axis=0).astype(np.float32)
    return ndimage.binary_opening(inside & (distance < _SKIN), iterations=1), color


def _hair(
    lab: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    seeds: np.ndarray,
    candidates: np.ndarray,
    cloth: np.ndarray,
    points: Mapping[str, Point],
    span: float,
) -> np.ndarray:
    """What is on the head beside skin, and what of the same color hangs down from it; before a top
    of that color, ``cloth`` (n, 3), no more than what is beside the neck.
    """
    nx, ny = points["neck"]
    seeds = seeds & (y < ny - 0.40 * span)
    if seeds.sum() < 30:
        return np.zeros_like(seeds)
    values = lab[seeds]
    center = np.median(values, axis=0)
    spread = np.maximum(1.48 * np.median(np.abs(values - center), axis=0), (6.0, 3.0, 3.5))
    distance = np.sqrt((((lab - center) / spread) ** 2).mean(axis=-1))
    reach = (np.abs(x - nx) < 0.45 * span) & (y < ny + _LOWEST_HAIR * span)
    if len(cloth) and _nearest(np.median(cloth, axis=0)[None, None], center[None])[0, 0] < _CLOTH:
        reach &= (np.abs(x - nx) < 0.30 * span) & (y < ny)
    alike = candidates & reach & (distance < _HAIR / 1.3)
    alike = ndimage.binary_opening(alike, iterations=max(1, round(span / 150)))
    labels, count = ndimage.label(alike | seeds)
    if not count:
        return seeds
    kept = np.unique(labels[seeds])
    return np.isin(labels, kept[kept > 0])


def _torso_seed(
    x: np.ndarray, y: np.ndarray, points: Mapping[str, Point], span: float
) -> np.ndarray:
    """The middle of the trunk, where nothing but the top can be."""
    (ax, ay), (bx, by) = points["left_shoulder"], points["right_shoulder"]
    level, hip = (ay + by) / 2, (points["left_hip"][1] + points["right_hip"][1]) / 2
    middle = (ax + bx) / 2
    return (
        (np.abs(x - middle) < 0.30 * span)
        & (y > level + 0.25 * span)
        & (y < level + 0.72 * (hip - level))
    )


def _old_top(
    lab: np.ndarray,
    inside: np.ndarray,
    skin: np.ndarray,
    hair: np.ndarray,
    torso: np.ndarray,
    y: np.ndarray,
    points: Mapping[str, Point],
    span: float,
) -> tuple[np.ndarray, bool]:
    """What of the trunk's colors hangs together from neck to hips, sleeves included."""
    if torso.sum() < 60:
        return np.zeros_like(inside), True
    values = lab[torso]
    centers, share = _colors(values)
    distance = _nearest(lab, centers)
    hip = (points["left_hip"][1] + points["right_hip"][1]) / 2
    candidates = inside & ~skin & ~hair & (y < hip + 0.22 * span)
    alike = candidates & (distance < _CLOTH)
    # Badges, buttons and print: whatever lies above the belt on the trunk belongs to the top.
    level = (points["left_shoulder"][1] + points["right_shoulder"][1]) / 2
    trunk = candidates & (y > level) & (y < hip - 0.12 * span)
    alike |= trunk
    labels, count = ndimage.label(ndimage.binary_closing(alike, iterations=2) & candidates)
    if count:
        kept = np.unique(labels[torso])
        alike = np.isin(labels, kept[kept > 0])
    alike = ndimage.binary_fill_holes(alike) & inside & ~skin & ~hair
    # Along bare arms a thin dark edge is neither skin nor cloth by its color.
    thick = ndimage.binary_opening(alike, iterations=max(2, round(span / 70)))
    alike &= ndimage.binary_dilation(thick, iterations=max(3, round(span / 60)))
    high = values[:, 0] - blurred(lab[..., 0], span / 12)[torso]
    patterned = bool(share > 0.22 and _spread(centers) > 16) or float(high.std()) > 9.0
    return alike, patterned


def _nearest(lab: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Distance to the nearest of ``centers``; lightness counts less, since cloth has shade."""
    best = np.full(lab.shape[:2], np.inf, np.float32)
    for center in centers:
        gap = (lab - center.astype(np.float32)) ** 2
        best = np.minimum(best, np.sqrt(gap @ np.float32((0.4, 1.6, 1.6))))
    return best


def _colors(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Up to four colors by Lloyd's rounds, and the share of those far from the largest one."""
    light = values[:, 0]
    starts = [
        np.median(values[np.abs(light - np.percentile(light, share)) <= 4], axis=0)
        for share in (12, 40, 65, 90)
    ]
    centers = np.array(starts)
    belongs = np.zeros(len(values), int)
    for _round in range(6):
        belongs = np.argmin(((values[:, None] - centers[None]) ** 2).sum(axis=-1), axis=1)
        for index in range(len(centers)):
            mine = values[belongs == index]
            if len(mine):
                centers[index] = mine.mean(axis=0)
    counts = np.bincount(belongs, minlength=len(centers))
    main = centers[int(np.argmax(counts))]
    far = np.sqrt(((centers - main) ** 2 * (0.35, 1, 1)).sum(axis=-1)) > 14
    return centers, float(counts[far].sum() / counts.sum())


def _spread(centers: np.ndarray) -> float:
    pairs = centers[:, None] - centers[None]
    return float(np.sqrt((pairs**2).sum(axis=-1)).max())


def _arms(x: np.ndarray, y: np.ndarray, points: Mapping[str, Point], span: float) -> np.ndarray:
    """Along the bones, as wide as arms in loose sleeves are."""
    arms = np.zeros(x.shape, np.int8)
    for number, side in ((1, "left"), (2, "right")):
        joints = [points[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist")]
        upper = _distance_to_bone(x, y, joints[0], joints[1]) < 0.17 * span
        lower = _distance_to_bone(x, y, joints[1], joints[2]) < 0.15 * span
        arms[upper | lower] = number
    return arms


def _distance_to_bone(x: np.ndarray, y: np.ndarray, start: Point, end: Point) -> np.ndarray:
    (ax, ay), (bx, by) = start, end
    dx, dy = bx - ax, by - ay
    share = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
    return np.hypot(x - ax - dx * share, y - ay - dy * share)


def _shoulder_line(x: np.ndarray, points: Mapping[str, Point]) -> np.ndarray:
    """Row of the slope from the neck's sides down to the shoulders, by column."""
    (ax, ay), (bx, by) = points["left_shoulder"], points["right_shoulder"]
    nx, ny = points["neck"]
    span = bx - ax
    columns = [ax, nx - 0.17 * span, nx + 0.17 * span, bx]
    rows = [ay, ny - 0.10 * span, ny - 0.10 * span, by]
    return np.interp(x, columns, rows)


def _apart_from(face: np.ndarray, skin: np.ndarray, low: np.ndarray, least: float) -> np.ndarray:
    """Skin below the neckline that no skin joins to the face: what is before the body."""
    labels, count = ndimage.label(ndimage.binary_opening(skin, iterations=2))
    if not count:
        return np.zeros_like(skin)
    joined = np.unique(labels[face & (labels > 0)])
    sizes = np.bincount(labels.ravel())
    joined = np.union1d(joined, np.flatnonzero(sizes < least))  # buttons, cords and print
    return (labels > 0) & ~np.isin(labels, joined) & low


def _hands(
    x: np.ndarray,
    y: np.ndarray,
    points: Mapping[str, Point],
    span: float,
    skin: np.ndarray,
    inside: np.ndarray,
) -> np.ndarray:
    hands = np.zeros_like(inside)
    for side in ("left", "right"):
        elbow, wrist = points[f"{side}_elbow"], points[f"{side}_wrist"]
        way = np.subtract(wrist, elbow)
        way = way / max(float(np.hypot(*way)), 1e-6)
        cx, cy = np.add(wrist, way * 0.20 * span)
        near = (x - cx) ** 2 + (y - cy) ** 2 < (0.30 * span) ** 2
        hands |= near & skin & inside
    return _solid(hands, span)


def _solid(mask: np.ndarray, span: float) -> np.ndarray:
    """Without holes and single pixels."""
    rounds = max(1, round(span / 120))
    closed = ndimage.binary_closing(mask, iterations=rounds)
    return ndimage.binary_opening(ndimage.binary_fill_holes(closed), iterations=rounds)
