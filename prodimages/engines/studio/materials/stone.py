"""Marble, slate, concrete and terrazzo."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep
from prodimages.engines.studio.noise import hash01


class Marble:
    """White marble: gray clouds, and veins along one direction at two sizes."""

    def __init__(self, rng: np.random.Generator):
        self._angle = float(rng.uniform(0.3, 0.75)) * (1 if rng.random() < 0.5 else -1)
        self._seed = int(rng.integers(2**31))
        self._offsets = offsets(rng, 7)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        along, aslant = _turned(patch, self._angle), _turned(patch, self._angle + 0.9)
        warp = patch.noise("smooth", 120, o[0])
        swirl = patch.noise("pink", 40, o[1])
        clouds = along.noise("cloud", 110, o[2], stretch=2.6, dv=4.0 * warp + 0.5 * swirl)
        drift = along.noise("cloud", 80, o[3], stretch=1.6)
        where = smoothstep(-0.9, 1.2, along.noise("smooth", 70, o[5], stretch=1.5))
        bend = 2.3 * warp + 1.5 * drift + 0.22 * swirl
        large = _veins(along, 12.5, self._seed, bend=bend, width=0.07 + 0.36 * where)
        small = _veins(
            aslant, 8.0, self._seed + 1, bend=2.0 * drift - 1.5 * warp + 0.2 * swirl, width=0.06
        ) * smoothstep(0.0, 1.1, clouds + 0.5 * drift)

        gray = smoothstep(-1.2, 2.4, clouds) * np.float32(0.5)
        albedo = mix(linear("#f1f0ee"), linear("#c3c5c8"), gray)
        strength = (0.35 + 0.65 * where) * large + 0.55 * small
        albedo = mix(albedo, linear("#6c7075"), np.clip(strength, 0, 0.85))
        albedo *= (1 + 0.012 * patch.noise("fine", 16, o[6]))[..., None]
        return Finish(albedo, None, 0.75)


def _turned(patch: Patch, angle: float) -> Patch:
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    u, v = patch.u * cos + patch.v * sin, patch.v * cos - patch.u * sin
    return Patch(u, v, patch.du, patch.dv)


def _veins(
    patch: Patch, spacing: float, seed: int, *, bend: np.ndarray, width: np.ndarray | float
) -> np.ndarray:
    """Lines along u about ``spacing`` cm apart, each with a strength of its own, 0..1.

    Lines rather than the contours of noise, which would close to rings.
    """
    place = (patch.v + bend) / np.float32(spacing)
    line = np.round(place)
    distance = np.abs(place - line) * np.float32(spacing)
    strength = np.float32(0.25) + np.float32(0.75) * hash01(line.astype(np.int64), seed)
    core = 0.62 * np.exp(-((distance / width) ** 1.3)) + 0.38 * np.exp(-distance / (5.5 * width))
    ends = np.clip(1 - distance / (0.48 * spacing), 0, 1)
    return strength * core * ends


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
    CHIPS = ("#b9aea1", "#8d8983", "#c98f70", "#d8c5a4", "#6d6f70", "#f7f4ee", "#a8b0a5")

    def __init__(self, rng: np.random.Generator, color: str = "#ece6dc"):
        self._offset = rng.random(2) * self.PERIOD
        self._ground = linear(color)
        self._grain = offsets(rng, 2)

    def finish(self, patch: Patch) -> Finish:
        chips = self._chips(patch)
        chip = chips[..., 3]
        albedo = chips[..., :3] + (1 - chip)[..., None] * self._ground
        mottle = patch.noise("rough", 20, self._grain[0])
        sand = patch.noise("fine", 9, self._grain[1])
        albedo *= (1 + (0.02 + 0.03 * chip) * mottle + 0.02 * sand)[..., None]
        return Finish(albedo, None, 0.5 + 0.15 * chip)

    def _chips(self, patch: Patch) -> np.ndarray:
        """(h, w, 4): the chips' color times their share of the pixel, and that share."""
        levels = _chip_levels()
        finest = max(patch.footprint * self.SAMPLES / self.PERIOD, 1.0)
        level = levels[min(int(np.log2(finest) + 0.35), len(levels) - 1)]
        per_cm = np.float32(level.shape[1] / self.PERIOD)
        at = np.broadcast_arrays(
            (patch.v + np.float32(self._offset[0])) * per_cm,
            (patch.u + np.float32(self._offset[1])) * per_cm,
        )
        return np.stack(
            [
                ndimage.map_coordinates(plane, at, order=1, mode="grid-wrap", output=np.float32)
                for plane in level
            ],
            axis=-1,
        )


@functools.lru_cache(maxsize=1)
def _chip_levels() -> tuple[np.ndarray, ...]:
    """Mip levels of (4, n, n) float32 color times share, and share, of one tile."""
    size, scale = Terrazzo.SAMPLES, Terrazzo.SAMPLES / Terrazzo.PERIOD
    rng = np.random.default_rng(7)
    image = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(image)
    for radius in np.sort(np.concatenate([rng.uniform(0.1, 0.3, 2600), rng.gamma(3, 0.17, 620)])):
        _draw_chip(draw, rng, float(np.clip(radius, 0.1, 1.1)) * scale, size)
    palette = np.zeros((256, 4), np.float32)
    for index, color in enumerate(Terrazzo.CHIPS, start=1):
        palette[index] = (*linear(color), 1)
    level = np.ascontiguousarray(palette[np.asarray(image)].transpose(2, 0, 1))
    levels = [level]
    while level.shape[1] > 48:
        level = (level[:, ::2] + level[:, 1::2]) / 2
        level = (level[..., ::2] + level[..., 1::2]) / 2
        levels.append(level)
    return tuple(levels)


def _draw_chip(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, radius: float, size: int
) -> None:
    """An irregular polygon, repeated over the tile's edges."""
    corners = int(rng.integers(5, 9))
    angles = (np.arange(corners) + rng.uniform(-0.35, 0.35, corners)) * 2 * np.pi / corners
    lengths = radius * rng.uniform(0.75, 1.15, corners)
    squeeze, turn = rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    x, y = lengths * np.cos(angles), squeeze * lengths * np.sin(angles)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    left, top = rng.uniform(0, size, 2)
    color = 1 + int(rng.integers(len(Terrazzo.CHIPS)))
    for dx in _repeats(left, radius * 1.2, size):
        for dy in _repeats(top, radius * 1.2, size):
            points = np.stack([x + left + dx, y + top + dy], axis=1)
            draw.polygon([tuple(point) for point in points.tolist()], fill=color)


def _repeats(at: float, reach: float, size: int) -> list[int]:
    """By how much to move a chip so that it shows on both sides of the tile's edges."""
    moves = [0]
    if at < reach:
        moves.append(size)
    if at > size - reach:
        moves.append(-size)
    return moves
