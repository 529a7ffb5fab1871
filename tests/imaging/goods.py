"""Difficult goods with known truth, rendered here: glass, lace, chrome, white on white."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

SIDE = 480


@dataclasses.dataclass(frozen=True)
class Good:
    """What a product does to light, pixel by pixel, in sRGB-encoded 0..1."""

    alpha: np.ndarray
    """(H, W) coverage."""
    own: np.ndarray
    """(H, W, 3) light that it sends out by itself: reflections, and what is solid."""
    passes: np.ndarray
    """(H, W, 3) share of what is behind."""

    def before(self, background: np.ndarray) -> np.ndarray:
        """(H, W, 3) float 0..1 of the product before a background of that shape."""
        inside = self.own + self.passes * background
        weight = self.alpha[..., None]
        return (inside * weight + background * (1 - weight)).clip(0, 1)


def photo(good: Good, color: tuple[float, float, float] = (0.92, 0.92, 0.91)) -> np.ndarray:
    """(H, W, 3) uint8 before one color, with the grain of a camera."""
    shape = (*good.alpha.shape, 3)
    clean = good.before(np.broadcast_to(np.float32(color), shape))
    grain = np.random.default_rng(5).normal(0, 0.004, shape)
    return np.rint((clean + grain).clip(0, 1) * 255).astype(np.uint8)


def _grid() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    return y, x - 0.5


def _of_radius(half: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coverage, and the distance from the axis as a share of the radius there."""
    inside = ((half - np.abs(x)) * SIDE).clip(0, 1)
    return inside * (half > 0), np.abs(x) / np.maximum(half, 1e-6)


def bottle(tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Good:
    """A clear bottle with dark rims, a highlight, a red cap and a red label with letters."""
    y, x = _grid()
    half = np.interp(y[:, 0], [0.1, 0.3, 0.42, 0.9], [0.05, 0.05, 0.17, 0.17])[:, None]
    half = np.broadcast_to(np.where((y > 0.1) & (y < 0.9), half, 0), y.shape)
    alpha, share = _of_radius(half, x)
    rim = 1 - 0.55 * np.exp(-(((share - 0.95) / 0.08) ** 2))
    passes = rim[..., None] * 0.93 * np.float32(tint)
    light = np.exp(-(((x + 0.09) / 0.012) ** 2)) * ((y > 0.45) & (y < 0.85))
    own = np.repeat(0.5 * ndimage.gaussian_filter(light, 2)[..., None], 3, axis=-1)
    solid = ((y < 0.2) | ((y > 0.56) & (y < 0.74) & (np.abs(x) < 0.14))) & (alpha > 0)
    letters = solid & (y > 0.62) & (y < 0.68) & (np.sin(x * 160) > 0.2)
    own[solid], own[letters] = (0.72, 0.1, 0.12), (0.95, 0.93, 0.9)
    passes[solid] = 0
    return Good(alpha, own, passes)


def wine_glass() -> Good:
    """An empty glass: bowl, stem and foot, with bright and dark rims."""
    y, x = _grid()
    half = np.interp(
        y[:, 0],
        [0.12, 0.3, 0.45, 0.5, 0.52, 0.84, 0.87, 0.9],
        [0.13, 0.17, 0.1, 0.03] + [0.012] * 2 + [0.13, 0.14],
    )[:, None]
    half = np.broadcast_to(np.where((y > 0.12) & (y < 0.9), half, 0), y.shape)
    alpha, share = _of_radius(half, x)
    rim = 1 - 0.6 * np.exp(-(((share - 0.96) / 0.06) ** 2))
    own = np.repeat((0.35 * np.exp(-(((share - 0.72) / 0.05) ** 2)) * (x < 0))[..., None], 3, -1)
    return Good(alpha, own * (y < 0.5)[..., None], np.repeat(rim[..., None] * 0.96, 3, axis=-1))


def lace() -> Good:
    """A band of red threads with open meshes."""
    y, x = _grid()
    alpha = ((np.abs(x) < 0.36) & (np.abs(y - 0.5) < 0.3)).astype(float)
    threads = np.maximum(np.sin(x * 90 + y * 90), np.sin(x * 90 - y * 90)) > 0.45
    thread = ndimage.gaussian_filter(threads.astype(float), 0.8)[..., None]
    return Good(alpha, thread * np.float32([0.6, 0.12, 0.2]), 1 - np.repeat(thread, 3, axis=-1))


def kettle() -> Good:
    """A kettle of chrome, in which a dark floor, a bright window and a gray room are mirrored."""
    y, x = _grid()
    half = np.interp(y[:, 0], [0.3, 0.36, 0.62, 0.84, 0.86], [0.09, 0.14, 0.24, 0.25, 0.23])
    half = np.broadcast_to(np.where((y > 0.3) & (y < 0.86), half[:, None], 0), y.shape)
    body, share = _of_radius(half, x)
    ring = np.abs(np.hypot((x - 0.02) / 0.2, (y - 0.32) / 0.18) - 0.94) < 0.06
    handle = ring & (y < 0.46) & (body == 0)
    turn = np.sign(x) * share
    room = np.interp(turn, [-1, -0.62, -0.6, -0.3, -0.28, 0.4, 0.9, 1], _MIRRORED)
    room = np.where(y > 0.7 - 0.08 * share**2, 0.16, room)
    own = np.where(handle, 0.12, room)[..., None].repeat(3, axis=-1)
    return Good(np.maximum(body, handle), own, np.zeros_like(own))


_MIRRORED = [0.1, 0.25, 0.97, 0.93, 0.55, 0.42, 0.3, 0.05]
"""Brightness of what a kettle mirrors, from its left rim to its right one."""
