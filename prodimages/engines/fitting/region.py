"""What of the photo may change: the old top, the new one, and the skin that it uncovers."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.fit import Fitted
from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changes:
    """What becomes of each pixel. All arrays (H, W)."""

    region: np.ndarray
    """bool: what may change."""
    fill: np.ndarray
    """bool: the old top where the new one leaves skin bare."""
    cover: np.ndarray
    """float32 in 0..1: the garment, less what is before it."""
    cleared: np.ndarray | None = None
    """bool: what somebody wants gone where neither garment nor skin belongs."""


def changes_of(person: Person, fitted: Fitted) -> Changes:
    """Decide the region: the old top, the new one and the skin that it uncovers; and what somebody
    put into it or took out.
    """
    span = person.span
    before = _before(person, fitted)
    cover = fitted.alpha * (1 - before)
    bare = cover < 0.5
    low = np.arange(person.alpha.shape[0])[:, None] > person.points["neck"][1] - 0.2 * span
    inside = fitted.opening & (person.alpha > 0.5) & ~person.hair & low
    # With the dark line that the old collar drew on the skin.
    beside = ndimage.binary_dilation(person.old, iterations=max(2, round(0.02 * span)))
    neck = inside & beside
    limb = (person.arms > 0) & ~_is_trunk(person)
    if not fitted.sleeves.any():  # straps leave the shoulders bare as well
        rows = np.arange(person.alpha.shape[0])[:, None]
        limb |= rows < person.points["left_shoulder"][1] + 0.55 * span
    arm = person.old & limb & bare
    collar = person.old & bare & _above(person) & ~person.protected
    fill = neck | arm | collar
    fill = (ndimage.binary_closing(fill, iterations=2) & person.old & ~person.protected) | neck
    cover = _closed(cover, person, fill)
    changed = (cover > 0.004) | fill
    region = ndimage.binary_dilation(changed, iterations=max(3, round(span / 140)))
    region &= ~_solid(person.protected & (before > 0.99))
    cleared = None
    if person.wanted is not None and person.left is not None:
        region = (region | person.wanted) & ~person.left
        cleared = person.wanted & ~fill & (cover < 0.5)
    return Changes(region=region, fill=fill, cover=cover.astype(np.float32), cleared=cleared)


def _closed(cover: np.ndarray, person: Person, fill: np.ndarray) -> np.ndarray:
    """``cover``, grown over what of the old top looks out between trunk and sleeve."""
    left = person.old & (cover < 0.5) & ~fill
    if not left.any():
        return cover
    reach = 0.10 * person.span
    near = ndimage.distance_transform_edt(cover < 0.5) < reach
    hem = np.flatnonzero((cover > 0.5).any(axis=1))
    above = np.arange(len(cover))[:, None] < (hem[-1] - 0.3 * person.span if hem.size else 0)
    return np.where(left & near & above, np.float32(1), cover)


def _solid(mask: np.ndarray) -> np.ndarray:
    return ndimage.binary_erosion(mask, iterations=1)


def _before(person: Person, fitted: Fitted) -> np.ndarray:
    """0..1: what stands before the garment: head, hair, hands and bare arms before the trunk."""
    arms = person.limbs & (fitted.sleeves < 0.5)
    neck = fitted.opening & ~person.old & (person.alpha > 0.5)
    front = (person.protected & ~(person.skin & (fitted.sleeves > 0.5))) | arms | neck
    # Skin of the old neckline that the new one covers is not before it.
    covered = (fitted.alpha > 0.3) & ~fitted.opening
    front &= ~(covered & person.skin & ~person.limbs)
    sigma = max(0.7, person.span / 380)
    return np.clip(ndimage.gaussian_filter(front.astype(np.float32), sigma), 0, 1)


def _is_trunk(person: Person) -> np.ndarray:
    """Inside the line from shoulder to hip, where the garment's body belongs."""
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    points = person.points
    inside = np.ones((height, width), bool)
    for side, sign in (("left", -1), ("right", 1)):
        (sx, sy), (hx, hy) = points[f"{side}_shoulder"], points[f"{side}_hip"]
        edge = np.interp(y, (sy, hy), (sx - sign * 0.10 * person.span, hx))
        inside &= (x - edge) * sign < 0
    return inside


def _above(person: Person) -> np.ndarray:
    """Over the line of the shoulders, where only collars and hoods are."""
    y = np.arange(person.alpha.shape[0])[:, None]
    level = min(person.points["left_shoulder"][1], person.points["right_shoulder"][1])
    return np.broadcast_to(y < level + 0.02 * person.span, person.alpha.shape)
