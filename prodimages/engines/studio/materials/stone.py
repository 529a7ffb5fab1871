"""Marble, slate, concrete and terrazzo."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep


class Marble:
    """White marble: gray clouds, and veins along one direction at two sizes."""

    def __init__(self, rng: np.random.Generator):
        angle = float(rng.uniform(0.35, 0.75)) * (1 if rng.random() < 0.5 else -1)
        self._turn = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        self._offsets = offsets(rng, 7)

    def finish(self, patch: Patch) -> Finish:
        cos, sin = self._turn
        turned = Patch(
            patch.u * cos + patch.v * sin, patch.v * cos - patch.u * sin, patch.du, patch.dv
        )
        o = self._offsets
        warp = patch.noise("pink", 95, o[0])
        swirl = patch.noise("pink", 55, o[1])
        clouds = turned.noise("pink", 120, o[2], stretch=2.2, dv=3.5 * warp)
        large = _vein(turned, 130, o[3], bend=7.0 * warp + 1.6 * swirl, width=0.055)
        small = _vein(turned, 48, o[4], bend=3.0 * swirl + 1.0 * warp, width=0.05)
        where = smoothstep(-0.5, 1.3, patch.noise("cloud", 90, o[5]) + 0.3 * swirl)

        gray = smoothstep(-1.6, 2.6, clouds) * np.float32(0.42)
        albedo = mix(linear("#f0efed"), linear("#c9cacc"), gray)
        strength = np.clip(0.62 * large * (0.25 + 0.75 * where) + 0.34 * small * where, 0, 0.8)
        albedo = mix(albedo, linear("#7d8084"), strength)
        albedo *= (1 + 0.012 * patch.noise("fine", 16, o[6]))[..., None]
        return Finish(albedo, None, 0.75)


def _vein(
    patch: Patch, period: float, offset: tuple[float, float], *, bend: np.ndarray, width: float
) -> np.ndarray:
    """Lines where displaced smooth noise crosses zero, with a soft halo, 0..1."""
    field = np.abs(patch.noise("cloud", period, offset, stretch=2.4, dv=bend))
    return 0.75 * np.exp(-field / np.float32(width)) + 0.25 * np.exp(-field / np.float32(5 * width))


class Slate:
    """Dark split stone with a fine cleft relief."""

    def __init__(self, rng: np.random.Generator):
        self._offsets = offsets(rng, 4)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        clouds = patch.noise("pink", 80, o[0], stretch=1.6)
        cleft = patch.noise("rough", 42, o[1], stretch=1.8)
        grain = patch.noise("fine", 12, o[2])
        step = np.abs(patch.noise("pink", 60, o[3], stretch=1.5))
        tone = np.clip(0.45 + 0.16 * clouds + 0.05 * cleft, 0, 1)
        albedo = mix(linear("#3d4043"), linear("#5f6366"), tone)
        albedo *= (1 + 0.05 * grain)[..., None]
        relief = 0.018 * cleft + 0.03 * np.minimum(step, 0.6) + 0.002 * grain
        return Finish(albedo, relief, 0.34)


class Concrete:
    """Cast concrete: clouds of cement, sand grain and a few air pores."""

    def __init__(self, rng: np.random.Generator, color: str = "#a9a7a3"):
        self._color = linear(color)
        self._offsets = offsets(rng, 5)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        clouds = patch.noise("pink", 110, o[0])
        stains = patch.noise("rough", 64, o[1], stretch=1.3)
        sand = patch.noise("fine", 11, o[2])
        holes = patch.noise("cloud", 34, o[3]) + 0.35 * patch.noise("rough", 30, o[4])
        pores = smoothstep(2.45, 2.75, holes) * patch.visible(0.25)
        tone = 1 + 0.075 * clouds + 0.05 * stains + 0.035 * sand
        albedo = self._color * (tone * (1 - 0.55 * pores))[..., None]
        relief = 0.006 * stains + 0.0025 * sand - 0.06 * pores
        return Finish(albedo.astype(np.float32), relief, 0.22 + 0.05 * clouds)


class Terrazzo:
    """Polished chips of marble in colored cement."""

    PERIOD = 48.0
    SAMPLES = 1536

    def __init__(self, rng: np.random.Generator, color: str = "#ece6dc"):
        self._offset = rng.random(2) * self.PERIOD
        self._ground = linear(color)
        self._grain = offsets(rng, 2)
        palette = ["#b9aea1", "#8d8983", "#c98f70", "#d8c5a4", "#6d6f70", "#f7f4ee", "#a8b0a5"]
        self._palette = np.stack([self._ground, *(linear(color) for color in palette)])

    def finish(self, patch: Patch) -> Finish:
        coverage = self._chips(patch)
        albedo = np.tensordot(coverage, self._palette, axes=(0, 0)).astype(np.float32)
        chip = 1 - coverage[0]
        mottle = patch.noise("rough", 20, self._grain[0])
        sand = patch.noise("fine", 9, self._grain[1])
        albedo *= (1 + (0.02 + 0.03 * chip) * mottle + 0.02 * sand)[..., None]
        return Finish(albedo, None, 0.5 + 0.15 * chip)

    def _chips(self, patch: Patch) -> np.ndarray:
        """(colors, h, w) share of each color, antialiased."""
        levels = _chip_levels()
        finest = max(patch.footprint * self.SAMPLES / self.PERIOD, 1.0)
        level = levels[min(int(np.log2(finest) + 0.35), len(levels) - 1)]
        per_cm = np.float32(level.shape[1] / self.PERIOD)
        at = np.broadcast_arrays(
            (patch.v + np.float32(self._offset[0])) * per_cm,
            (patch.u + np.float32(self._offset[1])) * per_cm,
        )
        shares = [
            ndimage.map_coordinates(plane, at, order=1, mode="grid-wrap", output=np.float32)
            for plane in level[1:]
        ]
        chips = np.stack(shares) / 255
        return np.concatenate([1 - chips.sum(0, keepdims=True), chips])


@functools.lru_cache(maxsize=1)
def _chip_levels() -> tuple[np.ndarray, ...]:
    """Mip levels of (8, n, n) uint8 shares of ground and seven colors in one tile."""
    size, scale = Terrazzo.SAMPLES, Terrazzo.SAMPLES / Terrazzo.PERIOD
    rng = np.random.default_rng(7)
    image = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(image)
    radii = np.sort(np.concatenate([rng.uniform(0.12, 0.4, 2600), rng.gamma(3, 0.22, 520)]))
    for radius in radii:
        _draw_chip(draw, rng, float(np.clip(radius, 0.1, 1.5)) * scale, size)
    colors = np.asarray(image)
    level = np.stack([(colors == index) * np.uint8(255) for index in range(8)])
    levels = [level]
    while level.shape[1] > 48:
        half = level.shape[1] // 2
        level = level.reshape(8, half, 2, half, 2).mean((2, 4)).astype(np.uint8)
        levels.append(level)
    return tuple(levels)


def _draw_chip(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, radius: float, size: int
) -> None:
    """An irregular convex-looking polygon, repeated over the tile's edges."""
    corners = int(rng.integers(5, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    lengths = radius * rng.uniform(0.7, 1.15, corners)
    squeeze, turn = rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    x, y = lengths * np.cos(angles), squeeze * lengths * np.sin(angles)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    center = rng.uniform(0, size, 2)
    color = int(rng.integers(1, 8))
    for dx in (-size, 0, size):
        for dy in (-size, 0, size):
            if max(abs(center[0] + dx - size / 2), abs(center[1] + dy - size / 2)) < size:
                points = zip(x + center[0] + dx, y + center[1] + dy, strict=True)
                draw.polygon([(float(a), float(b)) for a, b in points], fill=color)
