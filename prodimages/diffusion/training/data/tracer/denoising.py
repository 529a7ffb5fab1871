"""Takes the last noise from a traced picture, by what two halves of it agree on.

A cross-bilateral filter of irradiance (light over albedo, so that textures stay) whose width
in value is the noise that the difference of the halves tells: Rousselle, Manzi and Zwicker,
"Robust Denoising using Feature and Color Information" (2013), much simplified.
"""

from __future__ import annotations

import numpy as np

REACH = 3
"""Pixels in each direction."""
_STRENGTH = 1.6
_FEATURE = 0.06
"""Difference of albedo or role at which a neighbor counts for little."""


def denoised(halves: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """(2, H, W, 3) halves of each pass -> (H, W, 3); ids, albedo and glow are only averaged."""
    mean = {name: pair.mean(0) for name, pair in halves.items()}
    guide = np.concatenate([mean["albedo"], mean["ids"]], axis=-1)
    for name in ("key", "fill"):
        base = mean["albedo"] + 0.03
        light = [np.ascontiguousarray(half / base) for half in halves[name]]
        mean[name] = _filtered(light[0], light[1], guide) * base
    return mean


def _filtered(a: np.ndarray, b: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """The mean of ``a`` and ``b``, smoothed where their difference is mere noise."""
    mean = (a + b) / 2
    value = mean.mean(-1)
    noise = _blurred(((a - b).mean(-1) / 2) ** 2) + 1e-7
    total, weight = mean.copy(), np.ones_like(value)
    height, width = value.shape
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            if (dx, dy) == (0, 0) or dx * dx + dy * dy > REACH * REACH + 1:
                continue
            here = _inside(height, width, dy, dx)
            there = _inside(height, width, -dy, -dx)
            apart = (value[here] - value[there]) ** 2
            spread = _STRENGTH**2 * 2 * (noise[here] + noise[there])
            features = ((guide[here] - guide[there]) ** 2).sum(-1) / _FEATURE**2
            share = np.exp(-apart / spread - features - (dx * dx + dy * dy) / (2 * REACH))
            total[here] += share[..., None] * mean[there]
            weight[here] += share
    result: np.ndarray = total / weight[..., None]
    return result


def _inside(height: int, width: int, dy: int, dx: int) -> tuple[slice, slice]:
    """The pixels that have a neighbor at (-dy, -dx)."""
    return (
        slice(max(dy, 0), height + min(dy, 0)),
        slice(max(dx, 0), width + min(dx, 0)),
    )


def _blurred(field: np.ndarray) -> np.ndarray:
    """A 7 x 7 box, edges repeated."""
    padded = np.pad(field, 4, mode="edge")
    sums = padded.cumsum(0).cumsum(1)
    out: np.ndarray = (sums[7:, 7:] - sums[:-7, 7:] - sums[7:, :-7] + sums[:-7, :-7])[:-1, :-1]
    return out.clip(0) / 49
