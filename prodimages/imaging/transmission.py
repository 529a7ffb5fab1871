"""What of a photo's background is seen through glass or sheer cloth.

A pixel of clear glass is ``F + T * B``: what it reflects, and the share T of the background
B that it lets through. With one photo before a uniform B the two can't be told apart in
general; the split taken here, T = min(1, C / B), gives the photo's own pixel C before B exactly,
darkens another background as the glass darkened this one, and adds highlights on top.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.color import lab

LEAST_LEVEL = 70
"""A darker background, in 8-bit levels, passes too little light to be divided by."""
MOST_DEVIATION = 7.0
"""Robust standard deviation in levels up to which a background counts as uniform."""
_NEAR, _FAR = 0.015, 0.12
"""Where the background is looked at: so far from the product, as shares of the photo's side."""
_CLEAR_CHROMA, _OWN_CHROMA = 7.0, 18.0
"""a*b* distance from the background's hue up to which a pixel passes light, and from which it
is the product's own color."""
_DARK, _LIT = 0.10, 0.30
"""Share of the background's light below which a pixel is solid, and from which it may pass."""
_GLARE = 0.5
"""How solid a highlight is that is as bright as the photo can show."""
_THREADS = 85
"""Percentile of the distance from the background from which a pixel is all thread."""
_CLOSED = 0.012
"""Gaps in what is solid, such as those between letters, close up to this share of its size."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Backdrop:
    """A background that is near enough to one color."""

    rgb: tuple[float, float, float]
    """Median, 0..255."""
    deviation: float


def backdrop(rgb: np.ndarray, alpha: np.ndarray) -> Backdrop | None:
    """The color around the product of an (H, W, 3) uint8 photo; None where there is not one."""
    stride = max(1, max(alpha.shape) // 600)
    photo, matte = rgb[::stride, ::stride], alpha[::stride, ::stride]
    away = ndimage.distance_transform_edt(matte < 0.05)
    side = max(matte.shape)
    ring = (away > max(2.0, _NEAR * side)) & (away < _FAR * side)
    if np.count_nonzero(ring) < 200:
        return None
    colors = photo[ring].astype(np.float32)
    median = np.median(colors, axis=0)
    deviation = 1.4826 * float(np.median(np.abs(colors - median), axis=0).max())
    if median.min() < LEAST_LEVEL or deviation > MOST_DEVIATION:
        return None
    # A pattern whose half is plain has a small median deviation all the same.
    far_off = np.abs(colors - median).max(axis=-1) > 4 * MOST_DEVIATION
    if np.mean(far_off) > 0.15:
        return None
    red, green, blue = (float(value) for value in median)
    return Backdrop(rgb=(red, green, blue), deviation=deviation)


def through_glass(rgb: np.ndarray, alpha: np.ndarray, behind: Backdrop) -> np.ndarray:
    """(H, W, 3) uint8 photo -> (H, W, 3) float32: the share of the background in each pixel
    of the product, per channel in 0..1; 0 where it is solid, and outside of it.

    Multiplying sRGB-encoded values is multiplying light, but for the curve's linear foot.
    """
    ratio = rgb.astype(np.float32) / np.float32(behind.rgb)
    light = (ratio.mean(axis=-1) - 1 - 3 * behind.deviation / min(behind.rgb)).clip(0)
    room = 255 / np.mean(behind.rgb) - 1
    glare = _GLARE * (light / max(room, 0.02)).clip(0, 1)
    clear = _clear(rgb, ratio, alpha, behind) * (1 - glare)
    return (np.minimum(ratio, 1) * clear[..., None]).astype(np.float32)


def through_cloth(rgb: np.ndarray, alpha: np.ndarray, behind: Backdrop) -> np.ndarray:
    """As ``through_glass``, for threads of about one color with the background between them.

    How far a pixel has gone from the background's color towards the threads' is how much
    thread is in it.
    """
    inside = alpha > 0.5
    away = rgb.astype(np.float32) - np.float32(behind.rgb)
    if not inside.any():
        return np.zeros_like(away)
    distance = np.linalg.norm(away, axis=-1)
    threads = inside & (distance >= np.percentile(distance[inside], _THREADS))
    own = np.median(away[threads], axis=0)
    length = float(own @ own)
    if length < (4 * MOST_DEVIATION) ** 2:  # white on white: nothing tells thread from gap
        return np.zeros_like(away)
    floor = 2 * behind.deviation / np.sqrt(length)
    covered = ((away @ own / length - floor) / (1 - 2 * floor)).clip(0, 1)
    share = (1 - covered) * (alpha > 0)
    return np.repeat(share[..., None], 3, axis=-1).astype(np.float32)


def _clear(rgb: np.ndarray, ratio: np.ndarray, alpha: np.ndarray, behind: Backdrop) -> np.ndarray:
    """(H, W) weight: 1 where light passes, 0 where the product is solid."""
    colors, own = lab(rgb), lab(np.rint(behind.rgb).astype(np.uint8)[None, None])[0, 0]
    solid = np.maximum(
        _ramp(_off_hue(colors, own, ratio, alpha), _CLEAR_CHROMA, _OWN_CHROMA),
        1 - _ramp(ratio.mean(axis=-1), _DARK, _LIT),
    )
    box = bounding_box(alpha, 0.5)
    if box is not None:
        gap = round(_CLOSED * max(box[2] - box[0], box[3] - box[1]))
        if gap:
            solid = ndimage.grey_closing(solid, size=2 * gap + 1)
    clear = (1 - solid) * (alpha > 0)
    return ndimage.gaussian_filter(clear, 0.7).astype(np.float32)


def _off_hue(
    colors: np.ndarray, own: np.ndarray, ratio: np.ndarray, alpha: np.ndarray
) -> np.ndarray:
    """(H, W) a*b* distance from the background's hue, or from the tint of the glass itself.

    The tint is the hue of the product's middle pixel in the order of colors, if that pixel
    passes light; both get weaker as a pixel gets darker.
    """
    darker = np.minimum(colors[..., 0] / max(float(own[0]), 1.0), 1)[..., None]
    distance = np.linalg.norm(colors[..., 1:] - own[1:] * darker, axis=-1)
    inside = alpha > 0.95
    if not inside.any() or np.median(ratio[inside], axis=0).min() < _LIT:
        return distance
    tint = np.median(colors[inside], axis=0)
    weaker = np.minimum(colors[..., 0] / max(float(tint[0]), 1.0), 1.2)[..., None]
    return np.minimum(distance, np.linalg.norm(colors[..., 1:] - tint[1:] * weaker, axis=-1))


def _ramp(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return ((values - low) / (high - low)).clip(0, 1)


def behind_corrected(
    foreground: np.ndarray, passes: np.ndarray, behind: Backdrop, photo: np.ndarray
) -> tuple[float, float, float]:
    """What the background's color has become by the correction of the product's colors."""
    clear = passes.min(axis=-1) > 0.6
    if np.count_nonzero(clear) < 50:
        return behind.rgb
    gains = np.median(foreground[clear].astype(np.float32) / np.maximum(photo[clear], 1), axis=0)
    red, green, blue = (min(float(g * b), 255.0) for g, b in zip(gains, behind.rgb, strict=True))
    return red, green, blue
