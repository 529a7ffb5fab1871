"""Marble, slate and concrete."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep
from prodimages.engines.studio.noise import hash01


class Marble:
    """Marble with clouds, and veins along one direction at two sizes; light veins in dark stone."""

    def __init__(self, rng: np.random.Generator, color: str = "#f1f0ee"):
        self._ground = linear(color)
        dark = float(self._ground.mean()) < 0.2
        self._cloud = self._ground * np.float32(1.5 if dark else 0.62)
        self._vein = linear("#d9d6d0") if dark else self._ground * np.float32(0.19)
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
        albedo = mix(self._ground, self._cloud, gray)
        strength = (0.35 + 0.65 * where) * large + 0.55 * small
        albedo = mix(albedo, self._vein, np.clip(strength, 0, 0.85))
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
        self._seed = int(rng.integers(2**31))
        self._offsets = offsets(rng, 5)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        clouds = patch.noise("pink", 110, o[0])
        stains = patch.noise("rough", 64, o[1], stretch=1.3)
        sand = patch.noise("fine", 11, o[2])
        groups = smoothstep(0.2, 2.0, patch.noise("cloud", 90, o[4]))
        pores = self._pores(patch, groups) * patch.visible(0.2)
        tone = 1 + 0.075 * clouds + 0.05 * stains + 0.035 * sand
        albedo = self._color * (tone * (1 - 0.55 * pores))[..., None]
        relief = 0.006 * stains + 0.0025 * sand - 0.06 * pores
        return Finish(albedo.astype(np.float32), relief, 0.22 + 0.05 * clouds)

    def _pores(self, patch: Patch, share: np.ndarray) -> np.ndarray:
        """Round holes of 0.5 to 3 mm radius, at most one in each square of 1.3 cm."""
        x, y = patch.u / np.float32(1.3), patch.v / np.float32(1.3)
        column, row = np.floor(x), np.floor(y)
        cell = (row * 7919 + column).astype(np.int64)
        size = hash01(cell, self._seed)
        at = [0.3 + 0.4 * hash01(cell, self._seed + i) for i in (1, 2)]
        distance = np.hypot(x - column - at[0], y - row - at[1]) * np.float32(1.3)
        there = hash01(cell, self._seed + 3) < 0.35 * share
        radius = np.where(there, 0.03 + 0.22 * size**4, -1)
        soft = max(patch.footprint, 0.03)
        return np.clip((radius - distance) / soft + 0.5, 0, 1)
