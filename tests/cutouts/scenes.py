"""Products of known alpha on plain and textured backgrounds, rendered here."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage import data, transform

SIDE = 480


def mug(hole: bool = True) -> np.ndarray:
    """(SIDE, SIDE) float32 alpha: a body and a ring that is its handle."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    body = (np.abs(x - 0.42) < 0.2) & (np.abs(y - 0.55) < 0.27)
    reach = np.hypot((x - 0.62) / 0.16, (y - 0.55) / 0.18)
    handle = (reach < 1) & ((reach > 0.62) | ~np.full_like(body, hole))
    return ndimage.gaussian_filter((body | handle).astype(np.float32), 0.8)


def product_colors(color: tuple[float, float, float], stripes: bool = False) -> np.ndarray:
    """(SIDE, SIDE, 3) in 0..1, shaded as a cylinder."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 0.65 + 0.35 * np.sqrt((1 - ((x - 0.42) / 0.45) ** 2).clip(0, 1))
    base = np.broadcast_to(np.array(color), (SIDE, SIDE, 3)).copy()
    if stripes:
        base[(y * 14) % 1 < 0.5] = (0.93, 0.93, 0.92)
    return base * light[..., None]


def background(kind: str) -> np.ndarray:
    """(SIDE, SIDE, 3) in 0..1."""
    if kind == "white":
        return np.full((SIDE, SIDE, 3), 0.95)
    if kind == "gray":
        ramp = np.linspace(0.65, 0.45, SIDE)[:, None, None]
        return np.broadcast_to(ramp, (SIDE, SIDE, 3)).copy()
    texture = transform.resize(getattr(data, kind)(), (SIDE, SIDE), anti_aliasing=True)
    return texture[..., None] * np.array([0.75, 0.95, 0.65])


def photo(alpha: np.ndarray, colors: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: composited over a background with the product's cast shadow on it."""
    shadow = ndimage.gaussian_filter(ndimage.shift(alpha, (14, 18), order=1), 10)
    behind = behind * (1 - 0.4 * shadow[..., None])
    mixed = colors * alpha[..., None] + behind * (1 - alpha[..., None])
    grain = np.random.default_rng(4).normal(0, 0.005, mixed.shape)
    return np.rint((mixed + grain).clip(0, 1) * 255).astype(np.uint8)


def blurred(alpha: np.ndarray) -> np.ndarray:
    """What a model that works at a quarter of the resolution makes of ``alpha``."""
    return ndimage.gaussian_filter(alpha, 4).astype(np.float32)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Soft intersection over union of two alphas."""
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())
