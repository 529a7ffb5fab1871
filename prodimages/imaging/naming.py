"""Names of the colors that a product has in its photo."""

from __future__ import annotations

import numpy as np

from prodimages.imaging.color import lab

MOST_NAMES = 2
_MOST_PIXELS = 20_000
_OPAQUE = 0.95
_LEAST_SHARE = 0.22
"""Of the product, for a second color to be named."""
_NEUTRAL_CHROMA = 9.0
_LIGHTNESS_WEIGHT = 0.5
"""Of lightness beside hue and chroma, since a body's own shade moves that the most."""
_WHITE, _BLACK = 78.0, 30.0
"""L* over and under which a gray body, where it is lit best, is a white or a black one."""

_CHROMATIC = {
    "cream": "#f1e6cf",
    "beige": "#d3bd98",
    "red": "#c62828",
    "dark red": "#6b1f2a",
    "pink": "#e8a0b4",
    "orange": "#e8842c",
    "brown": "#7b5538",
    "dark brown": "#402a1f",
    "tan": "#b98a5c",
    "yellow": "#efcf3f",
    "olive": "#75743f",
    "green": "#3f8f4a",
    "light green": "#a9d29a",
    "dark green": "#21452f",
    "turquoise": "#3fb5ae",
    "blue": "#2f66b3",
    "light blue": "#9cc4e4",
    "navy": "#1d2b4f",
    "purple": "#6d3f93",
    "lilac": "#bfa8d6",
}
_NEUTRAL = ("white", "gray", "black")
NAMES = (*_NEUTRAL, *_CHROMATIC)


def color_names(rgb: np.ndarray, alpha: np.ndarray) -> list[str]:
    """One or two names, the color that covers most first; none where nothing is opaque.

    ``rgb``: (H, W, 3) uint8 sRGB; ``alpha``: (H, W) 0..1. The same pixels give the same names.
    """
    pixels = rgb[alpha >= _OPAQUE]
    if not len(pixels):
        return []
    pixels = pixels[:: max(1, len(pixels) // _MOST_PIXELS)]
    values = lab(pixels)
    gray = np.hypot(values[:, 1], values[:, 2]) < _NEUTRAL_CHROMA
    shares = _chromatic(values[~gray], len(pixels))
    if gray.any():
        shares[_neutral(values[gray, 0])] = float(gray.mean())
    ranked = sorted(shares, key=lambda name: -shares[name])
    return [
        name for at, name in enumerate(ranked[:MOST_NAMES]) if not at or shares[name] > _LEAST_SHARE
    ]


def _chromatic(values: np.ndarray, total: int) -> dict[str, float]:
    """Name -> share of all pixels."""
    names = list(_CHROMATIC)
    table = lab(
        np.array(
            [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in _CHROMATIC.values()],
            np.uint8,
        )
    )
    weights = np.array([_LIGHTNESS_WEIGHT, 1, 1], np.float32)
    far = ((values[:, None] - table[None]) * weights) ** 2
    counts = np.bincount(far.sum(axis=2).argmin(axis=1), minlength=len(names))
    return {name: count / total for name, count in zip(names, counts, strict=True) if count}


def _neutral(lightness: np.ndarray) -> str:
    """White, gray or black by where the body is lit well, whatever its shades."""
    lit = float(np.percentile(lightness, 80))
    return "white" if lit >= _WHITE else "black" if lit <= _BLACK else "gray"
