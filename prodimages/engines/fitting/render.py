"""Brings the fitted garment into the photo: skin, light, and what is before the garment."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.fit import Fitted
from prodimages.engines.fitting.region import Changes
from prodimages.engines.fitting.smooth import blurred
from prodimages.engines.fitting.wearer.person import Person

_SHADE = 0.14
"""Share of the shoulders' width over which light and shade of the old top are averaged."""
_LEAST_SHADE, _MOST_SHADE = 0.62, 1.28


def render(person: Person, fitted: Fitted, made: Changes) -> np.ndarray:
    """(H, W, 3) float32 in 0..1: the person in the garment."""
    photo = person.rgb.astype(np.float32)
    shade = shade_of(person)
    picture = _cleared(_with_skin(photo, person, made, shade), person, made)
    cloth = _grown(fitted.rgb, fitted.alpha, made.cover)
    garment = cloth * (shade * _contact(person, fitted))[..., None]
    garment = garment + _grain(person)[..., None]
    cover = made.cover[..., None]
    picture = picture * (1 - cover) + garment * cover
    picture = np.where(made.region[..., None], picture, photo)
    return np.clip(picture / 255, 0, 1).astype(np.float32)


def _grown(color: np.ndarray, alpha: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """The garment's colors, carried on where the region closed a gap in it."""
    gap = (cover > 0.5) & (alpha < 0.5)
    if not gap.any():
        return color
    _distance, (row, column) = ndimage.distance_transform_edt(alpha < 0.9, return_indices=True)
    return np.where(gap[..., None], color[row, column], color)


def shade_of(person: Person) -> np.ndarray:
    """(H, W) factors: light and shade of the old top without its folds, edges and prints.

    All ones for a patterned top, whose pattern would be taken for shade.
    """
    known = ndimage.binary_erosion(person.old, iterations=2)
    if person.is_patterned or known.sum() < 100:
        return np.ones(person.alpha.shape, np.float32)
    light = person.rgb.astype(np.float32).mean(axis=-1)
    middle = float(np.median(light[known]))
    # Prints, badges and specular folds are no shade of the body.
    known &= np.abs(light - middle) < 0.45 * max(middle, 30)
    sigma = _SHADE * person.span
    weight = blurred(known.astype(np.float32), sigma)
    smooth = blurred(np.where(known, light, 0).astype(np.float32), sigma)
    smooth = (smooth + 0.02 * middle) / (weight + 0.02)
    ratio = smooth / max(float(np.median(smooth[known])), 1.0)
    return np.clip(ratio, _LEAST_SHADE, _MOST_SHADE).astype(np.float32)


def _contact(person: Person, fitted: Fitted) -> np.ndarray:
    """(H, W) factors: the faint dark of cloth beside a sleeve's inner edge and under the chin."""
    span = person.span
    near = blurred(fitted.sleeves, 0.035 * span)
    dark = np.clip(near * (1 - fitted.sleeves), 0, 0.5) * 0.42
    y = np.arange(person.alpha.shape[0])[:, None]
    chin = (person.protected | fitted.opening) & (y < person.points["neck"][1] + 0.2 * span)
    head = blurred((chin & ~person.limbs).astype(np.float32), 0.03 * span)
    dark = dark + 0.16 * np.clip(head, 0, 1)
    return (1 - dark).astype(np.float32)


def _with_skin(photo: np.ndarray, person: Person, made: Changes, shade: np.ndarray) -> np.ndarray:
    """Skin where the old top was: the colors of the skin around it, carried on smoothly."""
    if not made.fill.any():
        return photo
    span = person.span
    known = ndimage.binary_erosion(person.skin & ~person.old, iterations=2)
    lit = np.clip(shade, 0.88, 1.06) * _round(person)
    flat = photo / _round(person)[..., None]  # as it would be without the dark toward the outline
    color: np.ndarray = np.broadcast_to(person.skin_color, photo.shape).astype(np.float32)
    for share in (0.30, 0.10, 0.04):
        near, weight = _carried_on(flat, known, share * span)
        trust = np.clip(weight / 0.06, 0, 1)[..., None]
        color = color * (1 - trust) + near * trust
    color = color * lit[..., None]
    filled = color + _grain(person)[..., None]
    solid = made.fill & (person.alpha >= 0.98)
    weight = solid.astype(np.float32)
    # Toward bare skin the new fades into the old; toward anything else it ends.
    weight = np.where(person.skin & ~person.limbs, blurred(weight, 0.025 * span), weight)
    picture = photo + (filled - photo) * np.where(made.region, weight, 0)[..., None]
    # On the outline a pixel is part old sleeve, part background: only its first part changes.
    old, _weight = _carried_on(photo, ndimage.binary_erosion(person.old, iterations=2), 0.03 * span)
    rim = ndimage.binary_dilation(made.fill, iterations=3) & (person.alpha < 0.98)
    rim &= ~person.skin & ~person.protected
    exchanged = photo + person.alpha[..., None] * (color - old)
    return np.where(rim[..., None], exchanged, picture)


def _cleared(picture: np.ndarray, person: Person, made: Changes) -> np.ndarray:
    """Where somebody wants the old top gone and nothing comes in its place: what is around it, of
    the body on the body and of the wall beside it.
    """
    if made.cleared is None or not made.cleared.any():
        return picture
    inside = person.alpha > 0.5
    for side in (inside, ~inside):
        gone = made.cleared & side
        known = ndimage.binary_erosion(side & ~made.region & ~person.old, iterations=2)
        known &= ~person.skin & ~person.hair
        if not gone.any() or not known.any():
            continue
        color: np.ndarray = np.broadcast_to(np.median(picture[known], axis=0), picture.shape)
        for share in (0.60, 0.25, 0.10, 0.04):
            near, weight = _carried_on(picture, known, share * person.span)
            trust = np.clip(weight / 0.06, 0, 1)[..., None]
            color = color * (1 - trust) + near * trust
        soft = blurred(gone.astype(np.float32), 0.012 * person.span) * gone
        weight = np.where(ndimage.binary_erosion(gone, iterations=3), 1, soft)
        filled = color + _grain(person)[..., None]
        picture = picture + (filled - picture) * weight[..., None]
    return picture.astype(np.float32)


def _carried_on(
    photo: np.ndarray, known: np.ndarray, sigma: float
) -> tuple[np.ndarray, np.ndarray]:
    """The mean color of what is known nearby, and how much of it there is (0..1)."""
    weight = blurred(known.astype(np.float32), sigma)
    near = blurred(np.where(known[..., None], photo, 0), sigma)
    return near / np.maximum(weight, 1e-6)[..., None], weight


def _round(person: Person) -> np.ndarray:
    """Darker toward the outline, as limbs are."""
    depth = ndimage.distance_transform_edt(person.alpha > 0.5)
    reach = 0.10 * person.span
    return (0.80 + 0.20 * np.clip(depth / reach, 0, 1) ** 0.6).astype(np.float32)


def _grain(person: Person) -> np.ndarray:
    """(H, W) noise as strong as the photo's, without which what is new looks pasted in."""
    light = person.rgb.astype(np.float32).mean(axis=-1)
    fine = light - ndimage.gaussian_filter(light, 1.0)
    level = float(1.4826 * np.median(np.abs(fine))) * 1.15
    noise = np.random.default_rng(0).normal(0, 1, light.shape).astype(np.float32)
    return ndimage.gaussian_filter(noise, 0.6) * min(level, 6.0) * 1.6
