"""Tileable noise with all octaves in one table, sampled in centimeters."""

from __future__ import annotations

import functools

import numpy as np
from scipy import ndimage

SIZE = 1024
"""Samples along each side of a table."""
KINDS = {"smooth": 5.5, "cloud": 3.2, "pink": 2.2, "rough": 1.4, "fine": 0.5}
"""Falloff of the power spectrum: the steeper, the smoother."""


@functools.lru_cache(maxsize=len(KINDS))
def table(kind: str) -> tuple[np.ndarray, ...]:
    """Mip levels of one kind of noise: zero mean, unit deviation at the finest level.

    Gaussian noise shaped in the frequency domain, thus periodic without a seam. The
    tables are the same in every process; a scene's seed only chooses where they are read.
    """
    rng = np.random.default_rng(sum(map(ord, kind)))
    spectrum = np.fft.rfft2(rng.standard_normal((SIZE, SIZE)))
    fy = np.fft.fftfreq(SIZE)[:, None] * SIZE
    fx = np.fft.rfftfreq(SIZE)[None, :] * SIZE
    radius = np.hypot(fy, fx)
    gain = np.zeros_like(radius)
    inside = radius >= 2.5
    gain[inside] = radius[inside] ** (-KINDS[kind] / 2)
    gain *= np.exp(-((radius / (0.36 * SIZE)) ** 4))
    field = np.fft.irfft2(spectrum * gain, s=(SIZE, SIZE))
    level = (field / field.std()).astype(np.float32)
    levels = [level]
    while level.shape[0] > 32:
        level = level.reshape(level.shape[0] // 2, 2, level.shape[1] // 2, 2).mean((1, 3))
        levels.append(level)
    return tuple(levels)


def lookup(
    kind: str,
    u: np.ndarray,
    v: np.ndarray,
    *,
    period: float,
    footprint: float,
    offset: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Noise at (u, v) cm as float32 of their broadcast shape.

    The table repeats every ``period`` cm, so its finest detail is period / 512 cm.
    Detail below ``footprint`` (cm per pixel) is averaged away by reading a mip level.
    """
    levels = table(kind)
    finest = max(footprint * SIZE / period, 1.0)
    level = levels[min(int(np.log2(finest) + 0.35), len(levels) - 1)]
    per_cm = np.float32(level.shape[0] / period)
    shift = np.float32(offset[0] * level.shape[1]), np.float32(offset[1] * level.shape[0])
    coordinates = np.broadcast_arrays(v * per_cm + shift[1], u * per_cm + shift[0])
    return ndimage.map_coordinates(level, coordinates, order=1, mode="grid-wrap", output=np.float32)


def hash01(cells: np.ndarray, seed: int) -> np.ndarray:
    """A number in 0..1 for each integer cell, the same for the same cell and seed."""
    x = cells.astype(np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
