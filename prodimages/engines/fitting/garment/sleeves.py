"""Cross-sections of a top's sleeves."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from prodimages.engines.fitting.garment.marks import STATIONS, Sleeve
from prodimages.engines.fitting.garment.refusal import refused
from prodimages.engines.fitting.geometry import SIGNS, unit
from prodimages.engines.fitting.parts import largest
from prodimages.imaging.pose import Point


def sleeve_of(mask: np.ndarray, tip: Point, armpit: Point, side: int) -> Sleeve | None:
    """What lies beyond the line from the shoulder's end to the armpit; None for a scrap of it."""
    part = largest(_beyond_seam(mask, tip, armpit, SIGNS[side]))
    if part is None or part.sum() < 0.002 * mask.sum():
        return None
    seam = np.add(tip, armpit) / 2
    points = np.argwhere(part)[:, ::-1].astype(float)
    axis = _axis(points, seam)
    normal = np.array([-axis[1], axis[0]])
    if normal @ (np.array(tip) - seam) < 0:
        normal = -normal  # toward the upper edge
    along, across = (points - seam) @ axis, (points - seam) @ normal
    length = float(np.percentile(along, 97))
    upper, lower = [], []
    for share in STATIONS:
        near = np.abs(along - share * length) < 0.06 * length + 1.5
        high, low = _extent(across[near])
        at = seam + axis * share * length
        upper.append(tuple(map(float, at + normal * high)))
        lower.append(tuple(map(float, at + normal * low)))
    return Sleeve(upper=tuple(upper), lower=tuple(lower), length=length)


def _beyond_seam(mask: np.ndarray, tip: Point, armpit: Point, sign: int) -> np.ndarray:
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width]
    (tx, ty), (px, py) = tip, armpit
    outward = ((x - tx) * (py - ty) - (y - ty) * (px - tx)) * sign
    return mask & (outward > 0) & ((x - (tx + px) / 2) * sign > -0.02 * width)


def _axis(points: np.ndarray, seam: np.ndarray) -> np.ndarray:
    """Unit vector from the seam's middle down the sleeve."""
    axis = points.mean(axis=0) - seam
    for _again in range(3):  # the far end says more of the direction than the seam's corner
        along = (points - seam) @ unit(axis)
        far = points[along > np.percentile(along, 80)].mean(axis=0)
        axis = far - seam
    return unit(axis)


def _extent(across: np.ndarray) -> tuple[float, float]:
    if not across.size:
        return 1.0, -1.0
    return float(np.percentile(across, 98)), float(np.percentile(across, 2))


def refuse_folded(sleeves: tuple[Sleeve | None, ...], half: float) -> None:
    """Sleeves of one garment are alike; where they are not, one is folded or lies under it."""
    lengths = [sleeve.length if sleeve else 0.0 for sleeve in sleeves]
    if max(lengths) > 0.5 * half and min(lengths) < 0.55 * max(lengths):
        raise refused(
            _("One sleeve is folded or hidden in the product's photo; both must be spread out.")
        )
