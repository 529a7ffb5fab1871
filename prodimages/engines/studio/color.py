"""Colors in linear light, and the way back to sRGB."""

from __future__ import annotations

import numpy as np

from prodimages.imaging.color import to_linear


def encoded(color: str) -> np.ndarray:
    """``#rrggbb`` -> (3,) float32 sRGB, exactly what its bytes say."""
    return np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def linear(color: str) -> np.ndarray:
    """``#rrggbb`` -> (3,) float32 in linear light."""
    return to_linear(encoded(color)).astype(np.float32)


def encode(light: np.ndarray) -> np.ndarray:
    """Linear light -> sRGB-encoded float32, clipped to 0..1 (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1, dtype=np.float32)
    curve = np.power(light, np.float32(1 / 2.4)) * np.float32(1.055) - np.float32(0.055)
    return np.where(light <= 0.0031308, light * np.float32(12.92), curve).astype(np.float32)


def roll_off(light: np.ndarray, knee: float = 0.72) -> np.ndarray:
    """Bend what exceeds ``knee`` smoothly towards 1, as film does, instead of clipping it."""
    bent = np.array(light, dtype=np.float32)
    over = bent > knee
    room = np.float32(1 - knee)
    bent[over] = np.float32(knee) + room * (1 - np.exp((np.float32(knee) - bent[over]) / room))
    return bent
