"""Color spaces and color difference."""

from __future__ import annotations

import numpy as np

_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    dtype=np.float32,
)
_D65 = np.array([0.95047, 1.0, 1.08883], dtype=np.float32)


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB-encoded 0..1 -> linear light 0..1 (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


_LINEAR_OF_BYTE = to_linear(np.arange(256) / 255).astype(np.float32)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Linear light -> sRGB-encoded, both 0..1 (IEC 61966-2-1); what is outside is clipped."""
    clipped = np.clip(linear, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)


def linear_of(rgb: np.ndarray) -> np.ndarray:
    """(...) uint8 sRGB -> (...) float32 linear light 0..1."""
    return _LINEAR_OF_BYTE[rgb]


def luminance(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 sRGB -> (...) float32 relative luminance 0..1."""
    return _LINEAR_OF_BYTE[rgb] @ _RGB_TO_XYZ[1]


def lab(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 sRGB -> (..., 3) float32 CIELAB under D65."""
    ratio = _LINEAR_OF_BYTE[rgb] @ _RGB_TO_XYZ.T / _D65
    f = _lab_curve(ratio)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def lightness(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 sRGB -> (...) float32 CIELAB L*, 0..100."""
    return 116 * _lab_curve(_LINEAR_OF_BYTE[rgb] @ _RGB_TO_XYZ[1]) - 16


def _lab_curve(ratio: np.ndarray) -> np.ndarray:
    return np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)


def ciede2000(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Color difference of two (..., 3) CIELAB arrays.

    Sharma, Wu, Dalal: The CIEDE2000 color-difference formula (2005), with kL = kC = kH = 1.
    """
    l1, a1, b1 = np.moveaxis(one.astype(np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(other.astype(np.float64), -1, 0)
    c_mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360

    gray = c1 * c2 == 0
    turn = (h2 - h1 + 180) % 360 - 180
    hue_difference = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(np.where(gray, 0, turn) / 2))
    far = np.abs(h1 - h2) > 180
    hue = np.where(gray, h1 + h2, ((h1 + h2 + np.where(far, 360, 0)) / 2) % 360)
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2

    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c = 1 + 0.045 * c_mean
    s_h = 1 + 0.015 * c_mean * t
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * (
        2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7))
    )
    d_l, d_c, d_h = (l2 - l1) / s_l, (c2 - c1) / s_c, hue_difference / s_h
    squared: np.ndarray = d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h
    return np.sqrt(np.maximum(squared, 0))
