"""A shade or a glow behind an outline that would be lost: white on white, black on black."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from prodimages.engines.studio import packshot
from prodimages.engines.studio.color import encode
from prodimages.engines.studio.pixels import blur, blur_widely, resize
from prodimages.engines.studio.shot import Shot
from prodimages.imaging.color import to_linear
from prodimages.imaging.outline import LEAST_CONTRAST, Outline, outline_of

MOST_LOST = 0.15
"""Share of the outline that may hardly stand out before something is done about it."""
_GOOD = 0.03
"""Share of the outline that may stay lost before more is tried."""
_WANTED = 6.0
"""Difference in L* that is aimed at: what stays under 4 after blur and grain is a fault."""
_MOST = 14.0
"""How much darker or lighter, in L*, the surroundings become at the most."""
_DARK = 35.0
"""L* under which surroundings get a glow rather than a shade."""
_NEAR, _WIDE = 0.045, 0.16
"""How far it reaches, as a share of the product's longer side: in a packshot, in a scene."""
_SPREAD = 0.16
"""How far along an outline what is lost counts, as a share of its extent."""
_SIDE = 600
"""Longest side in pixels at which outlines are measured, and shades made."""
_FLOOR = 0.03
"""What is fainter becomes none, so that the background away from the product is exact."""
_MARGIN = 0.06
"""Share of the shorter side over which a packshot's fades to nothing towards the border."""


def separated(shot: Shot, picture: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    """``picture`` (H, W, 3) sRGB 0..1 without its product, darker or lighter around a product
    that it would hide, and what was done: how much in L*, and the share lost before and after.

    Nothing is done to glass and lace, which show what is behind them, nor where it
    would not help.
    """
    product = shot.product
    if product.seen_through is not None or not product.alpha.any():
        return picture, {}
    before = _outline(shot, picture)
    if before.lost <= MOST_LOST:
        return picture, {}
    field = _field(shot)
    if shot.scene.family != "packshot":  # whose ground is one; a scene's differs from side to side
        field = field * _where_lost(before, field.shape)
    field = resize(field, picture.shape[:2]).clip(0, 1)
    best, facts, least = picture, {}, before.lost
    for change in _changes(before):
        changed = _changed(picture, field, change, float(np.median(before.outside)))
        lost = _outline(shot, changed).lost
        if lost < least:
            best, least = changed, lost
            facts = {"lightness": round(change, 1), "lost_before": round(before.lost, 3)}
        if least < _GOOD:
            break
    return best, {"separation": facts | {"lost_after": round(least, 3)}} if facts else {}


def _outline(shot: Shot, picture: np.ndarray) -> Outline:
    """The outline in the picture with its product, at reduced size."""
    stride = _stride(shot)
    alpha = shot.product.alpha[::stride, ::stride]
    own = shot.product.rgb[::stride, ::stride]
    weight = alpha[..., None]
    whole = own * weight + picture[::stride, ::stride] * 255 * (1 - weight)
    return outline_of(np.rint(whole).astype(np.uint8), alpha)


def _stride(shot: Shot) -> int:
    return 1 + max(shot.width, shot.height) // _SIDE


def _changes(outline: Outline) -> list[float]:
    """By how many L* the surroundings are to change so that half of what is lost shows, most of
    it, or the whole outline from the same side; negative is darker.
    """
    lost = outline.contrast < LEAST_CONTRAST
    sign = -1 if np.median(outline.outside[lost]) >= _DARK else 1
    needed = _WANTED + sign * (outline.inside - outline.outside)
    found = (*np.percentile(needed[lost], (50, 75)), np.percentile(needed, 95))
    return [sign * min(float(change), _MOST) for change in found]


def _field(shot: Shot) -> np.ndarray:
    """(h, w) strength: 1 behind the product, fading away from it."""
    stride = _stride(shot)
    alpha = shot.product.alpha[::stride, ::stride]
    left, top, right, bottom = shot.product.box
    close = shot.scene.family == "packshot"
    reach = (_NEAR if close else _WIDE) * max(right - left, bottom - top) / stride
    away = ndimage.distance_transform_edt(alpha < 0.5).astype(np.float32)
    away = blur(away, 0.2 * reach) / reach
    field = 0.5 * np.exp(-2 * away) + 0.5 * np.exp(-0.4 * away**2)
    field = np.maximum(field - _FLOOR, 0) / (1 - _FLOOR)
    if close:
        field *= packshot.inside(alpha.shape[0], alpha.shape[1], _MARGIN)
    return field.astype(np.float32)


def _where_lost(outline: Outline, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) 0..1: near the stretches of the outline that are lost, and not beside the others."""
    every, lost = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    every[outline.rows, outline.columns] = 1
    lost[outline.rows, outline.columns] = outline.contrast < LEAST_CONTRAST
    spread = _SPREAD * max(np.ptp(outline.rows), np.ptp(outline.columns))
    share = blur_widely(lost, spread) / np.maximum(blur_widely(every, spread), 1e-6)
    return np.clip(1.5 * share - 0.25, 0, 1).astype(np.float32)


def _changed(picture: np.ndarray, field: np.ndarray, change: float, at: float) -> np.ndarray:
    """``picture`` by ``change`` in L* darker or lighter where ``field`` is 1.

    ``at`` is the L* of what surrounds the outline: there the change is exact. A shade takes a
    share of the light that there is; a glow, which has little to begin with, adds some.
    """
    was, wanted = _luminance_of(at), _luminance_of(at + change)
    touched = field > 0
    light = to_linear(picture[touched])
    strength = field[touched][:, None]
    if change < 0:
        light *= 1 - strength * (1 - wanted / max(was, 1e-6))
    else:
        light += strength * (wanted - was)
    out = picture.copy()
    out[touched] = encode(light)
    return out


def _luminance_of(lightness: float) -> float:
    """L* -> relative luminance 0..1 (CIE 15:2018)."""
    lightness = min(max(lightness, 0.0), 100.0)
    return float(((lightness + 16) / 116) ** 3 if lightness > 8 else lightness * 27 / 24389)
