"""From light to a photo's pixels, with a plain camera's faults."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from shop_integration.demo.rendering.scene import Scene
from shop_integration.demo.rendering.vectors import Array

NOISE = 0.010
"""Standard deviation of the sensor's noise before it is smoothed, of full scale."""


def develop(linear: Array, scene: Scene, seed: int) -> Array:
    """(H, W, 3) linear radiance to uint8 sRGB: exposure, white balance, vignette, noise."""
    height, width = linear.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    vignette = 1 - 0.07 * (x * x + y * y)
    tint = np.float32([1 + 0.06 * scene.warmth, 1, 1 - 0.09 * scene.warmth])
    exposed = linear * (vignette * np.float32(scene.exposure))[..., None] * tint
    encoded = _encode(_shoulder(exposed))
    grain = np.random.default_rng(seed).standard_normal(encoded.shape, np.float32)
    grain = gaussian_filter(grain, (0.6, 0.6, 0)) * np.float32(NOISE)
    return (np.clip(encoded + grain, 0, 1) * 255 + 0.5).astype(np.uint8)


def _shoulder(linear: Array, knee: float = 0.72) -> Array:
    """Highlights over ``knee`` approach 1 instead of clipping."""
    rest = np.float32(1 - knee)
    over = np.maximum(linear - np.float32(knee), 0)
    return np.clip(np.minimum(linear, np.float32(knee)) + rest * (1 - np.exp(-over / rest)), 0, 1)


def _encode(linear: Array) -> Array:
    """The transfer curve of sRGB (IEC 61966-2-1)."""
    curve = 1.055 * linear ** np.float32(1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curve)
