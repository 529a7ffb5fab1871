"""Color correction of a photo, estimated from its background and held within a bound.

What is done is a handful of numbers: gains of the three channels in linear light (von
Kries), an exposure, a black point and a smooth light falloff. The garment alone never
decides: a red shirt on a red wall stays red.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from prodimages.imaging.background import Background, surface, survey
from prodimages.imaging.color import ciede2000, lab, linear_of, luminance, to_linear, to_srgb

MOST_DELTA_E = 6.0
"""Most that an automatic correction may change the product's colors by, CIEDE2000."""
LEAST_CONFIDENCE = 0.55

_LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])
_STRIP = 256
"""Rows corrected at a time, which bounds the memory that floats take."""
_SAMPLES = 20_000
_GAINS = (0.4, 2.5)
_BYTES = linear_of(np.arange(256, dtype=np.uint8))
_ENCODED = np.rint(to_srgb(np.linspace(0, 1, 1 << 15)) * 255).astype(np.uint8)
"""From linear light to bytes; fine enough that no dark level is skipped."""
_DULL, _BRIGHT, _MOST_EXPOSURE = 0.5, 0.7, 1.35
_HAZE = (0.003, 0.02)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Correction:
    """Applied as ((linear - black) / (1 - black)) * gains * exposure / falloff."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of red, green and blue in linear light; a gray of the estimate keeps its luminance."""
    exposure: float = 1.0
    black: float = 0.0
    """Linear light that counts as black."""
    falloff: tuple[float, ...] = ()
    """As ``Background.falloff`` but with mean 0 over the product; empty for none."""
    strength: float = 1.0
    """Share of what was estimated that the bound on the color shift leaves."""
    confidence: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """0..1 for white balance, exposure, black point and falloff; under 0.55 it is left off."""

    @property
    def is_identity(self) -> bool:
        return self.gains == (1.0, 1.0, 1.0) and not (
            self.exposure != 1 or self.black or self.falloff
        )

    def scaled(self, strength: float) -> Correction:
        """The same correction between nothing (0) and all of it (1)."""
        red, green, blue = (round(float(gain**strength), 5) for gain in self.gains)
        return dataclasses.replace(
            self,
            gains=(red, green, blue),
            exposure=round(self.exposure**strength, 5),
            black=round(self.black * strength, 6),
            falloff=tuple(round(value * strength, 5) for value in self.falloff),
            strength=round(self.strength * strength, 4),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "gains": list(self.gains),
            "exposure": self.exposure,
            "black": self.black,
            "falloff": list(self.falloff),
            "strength": self.strength,
            "confidence": {name: round(value, 2) for name, value in self.confidence.items()},
        }


def estimate(
    rgb: np.ndarray,
    alpha: np.ndarray,
    *,
    is_flat: bool = True,
    most_delta_e: float = MOST_DELTA_E,
) -> Correction:
    """What an (H, W, 3) uint8 photo needs, by its background; the identity when uncertain.

    ``is_flat`` says that the product lies or hangs in the background's plane, so that the
    background's light is the product's.
    """
    seen = survey(rgb, alpha)
    return estimate_by(seen, rgb, alpha, is_flat=is_flat, most_delta_e=most_delta_e)


def estimate_by(
    seen: Background | None,
    rgb: np.ndarray,
    alpha: np.ndarray,
    *,
    is_flat: bool = True,
    most_delta_e: float = MOST_DELTA_E,
) -> Correction:
    """``estimate`` where the background was surveyed already."""
    if seen is None:
        return Correction()
    confidence = {
        "white_balance": _trust_in_white(seen),
        "falloff": _trust_in_falloff(seen) if is_flat else 0.0,
    }
    exposure, confidence["exposure"] = _exposure(rgb, seen)
    black, confidence["black"] = _black(rgb, alpha)
    is_sure = {name: value >= LEAST_CONFIDENCE for name, value in confidence.items()}
    found = Correction(
        gains=gains_for(seen.rgb) if is_sure["white_balance"] else (1.0, 1.0, 1.0),
        exposure=exposure if is_sure["exposure"] else 1.0,
        black=black if is_sure["black"] else 0.0,
        falloff=_centered(seen.falloff, alpha) if is_sure["falloff"] else (),
        confidence=confidence,
    )
    return capped(found, rgb, alpha, most_delta_e)


def trusted_gray(seen: Background | None) -> Background | None:
    """A photo's background where it is gray in truth, as far as can be told; else None."""
    return seen if seen is not None and _trust_in_white(seen) >= LEAST_CONFIDENCE else None


def from_gray_point(rgb: np.ndarray, x: float, y: float) -> Correction:
    """The white balance that makes the photo gray around a point, in fractions 0..1.

    A person answers for it, so only the gains are bounded. Raises ValueError for a point
    that is too dark or blown out to tell its color.
    """
    height, width = rgb.shape[:2]
    reach = max(2, round(max(height, width) / 200))
    row, column = round(y * (height - 1)), round(x * (width - 1))
    patch = rgb[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    median = np.median(patch.reshape(-1, 3), axis=0)
    if median.min() < 8 or median.max() > 253:
        raise ValueError("the point is too dark or too bright")
    red, green, blue = (float(value) for value in to_linear(median / 255))
    return Correction(gains=gains_for((red, green, blue)), confidence={"white_balance": 1.0})


def gains_for(color: tuple[float, float, float]) -> tuple[float, float, float]:
    """Gains that turn a linear color into the gray of its own luminance."""
    gray = float(_LUMINANCE @ np.asarray(color))
    red, green, blue = (round(float(np.clip(gray / max(c, 1e-4), *_GAINS)), 5) for c in color)
    return red, green, blue


def apply(correction: Correction, rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 -> (H, W, 3) uint8; the same input gives the same output."""
    if correction.is_identity:
        return rgb.copy()
    gain = np.asarray(correction.gains, dtype=np.float32) * np.float32(correction.exposure)
    light = (_BYTES[:, None] - correction.black) / (1 - correction.black) * gain
    result = np.empty_like(rgb)
    if not correction.falloff:
        table = _ENCODED[_index(light)]
        for band in range(3):
            result[..., band] = table[:, band][rgb[..., band]]
        return result
    shade = np.exp(-surface(correction.falloff, rgb.shape[:2]))
    for top in range(0, len(rgb), _STRIP):
        rows = np.s_[top : top + _STRIP]
        for band in range(3):
            bright = light[:, band].astype(np.float32)[rgb[rows][..., band]] * shade[rows]
            result[rows][..., band] = _ENCODED[_index(bright)]
    return result


def _index(light: np.ndarray) -> np.ndarray:
    return (np.clip(light, 0, 1) * (len(_ENCODED) - 1) + 0.5).astype(np.int32)


def shift(before: np.ndarray, after: np.ndarray, alpha: np.ndarray) -> tuple[float, float]:
    """Mean and 95th percentile of CIEDE2000 over the solid product, on a fixed sample."""
    places = np.flatnonzero(alpha.ravel() > 0.95)
    if not places.size:
        return 0.0, 0.0
    places = places[:: max(1, places.size // _SAMPLES)]
    error = ciede2000(lab(before.reshape(-1, 3)[places]), lab(after.reshape(-1, 3)[places]))
    return float(error.mean()), float(np.percentile(error, 95))


def capped(
    correction: Correction, rgb: np.ndarray, alpha: np.ndarray, most_delta_e: float
) -> Correction:
    """As much of ``correction`` as keeps mean and 95th percentile within ``most_delta_e``."""
    stride = 1 + max(rgb.shape[:2]) // 500
    photo, matte = rgb[::stride, ::stride], alpha[::stride, ::stride]

    def is_within(candidate: Correction) -> bool:
        return max(shift(photo, apply(candidate, photo), matte)) <= most_delta_e

    if correction.is_identity or is_within(correction):
        return correction
    least, most = 0.0, 1.0
    for _halving in range(7):
        middle = (least + most) / 2
        least, most = (middle, most) if is_within(correction.scaled(middle)) else (least, middle)
    return correction.scaled(least) if least else Correction(confidence=correction.confidence)


def _ramp(value: float, none: float, full: float) -> float:
    """0 at ``none``, 1 at ``full``, straight between them and flat beyond."""
    return float(np.clip((value - none) / (full - none), 0, 1))


def _is_clean(seen: Background) -> float:
    """How much the background looks like one plain sheet."""
    return min(
        _ramp(seen.area, 0.08, 0.16),
        _ramp(seen.texture, 2.0, 1.0),
        _ramp(seen.residual, 0.16, 0.08),
        _ramp(seen.uniformity, 0.75, 0.9),
        _ramp(seen.sides, 1, 3),
    )


def _trust_in_white(seen: Background) -> float:
    """A bright sheet may carry a stronger cast than a gray one, which may well be colored."""
    widest = 7 + 5 * _ramp(seen.lightness, 78, 86)
    return min(
        _is_clean(seen), _ramp(seen.chroma, widest, widest / 2), _ramp(seen.lightness, 50, 62)
    )


def _trust_in_falloff(seen: Background) -> float:
    return min(_is_clean(seen), _ramp(seen.residual, 0.1, 0.06), _ramp(seen.sides, 3, 4))


def _exposure(rgb: np.ndarray, seen: Background) -> tuple[float, float]:
    """A clean sheet in a photo where nothing is bright speaks of too little light."""
    brightest = float(np.percentile(luminance(rgb[::4, ::4]), 99.5))
    wanted = min(_BRIGHT / max(brightest, 1e-3), _MOST_EXPOSURE)
    trust = min(_trust_in_white(seen), _ramp(brightest, _DULL, _DULL - 0.1))
    return round(max(wanted, 1.0), 5), trust


def _black(rgb: np.ndarray, alpha: np.ndarray) -> tuple[float, float]:
    """Haze lifts the darkest tenth of a percent; only a small lift is surely haze.

    The background must be nearly as dark somewhere: a gray felt hat on white is no haze.
    """
    light, matte = linear_of(rgb[::4, ::4]).min(axis=-1), alpha[::4, ::4]
    behind = light[matte < 0.02]
    if not behind.size:
        return 0.0, 0.0
    darkest = float(np.percentile(light, 0.1))
    is_haze = _HAZE[0] < darkest < _HAZE[1] and np.percentile(behind, 0.1) < 1.5 * darkest
    return round(darkest, 6), 0.6 if is_haze else 0.0


def _centered(falloff: tuple[float, ...], alpha: np.ndarray) -> tuple[float, ...]:
    """The falloff as against its mean over the product, whose brightness stays."""
    stride = 1 + max(alpha.shape) // 500
    product = alpha[::stride, ::stride] > 0.5
    mean = float(surface(falloff, product.shape)[product].mean()) if product.any() else 0.0
    return (round(falloff[0] - mean, 5), *falloff[1:])
