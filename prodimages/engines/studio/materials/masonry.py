"""Brick, glazed tile and panelled walls, and paving."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep
from prodimages.engines.studio.noise import hash01


def _cells(
    patch: Patch, width: float, height: float, shift: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cell numbers, and the signed distances in cm from each cell's middle, in running bond.

    ``shift`` is the part of a cell by which every other course is moved.
    """
    course = np.floor(patch.v / np.float32(height))
    x = patch.u / np.float32(width) + (course % 2) * np.float32(shift)
    column = np.floor(x)
    cell = (course * 7919 + column).astype(np.int64)
    dx = (x - column - np.float32(0.5)) * np.float32(width)
    dy = np.broadcast_to(patch.v - (course + 0.5) * np.float32(height), dx.shape)
    return cell, dx.astype(np.float32), dy.astype(np.float32)


def _face(dx: np.ndarray, dy: np.ndarray, width: float, height: float, soft: float) -> np.ndarray:
    """1 on a cell's face, 0 in the joint around it, over ``soft`` cm."""
    edge = np.minimum(width / 2 - np.abs(dx), height / 2 - np.abs(dy))
    return smoothstep(-soft / 2, soft / 2, edge)


class Brick:
    """Bricks of 21 x 6.5 cm with joints of 1 cm."""

    WIDTH, HEIGHT, JOINT = 21.0, 6.5, 1.0

    def __init__(self, rng: np.random.Generator, color: str):
        self._color = linear(color)
        self._mortar = np.float32(0.55) * linear("#b9b3a8") + np.float32(0.15) * self._color
        self._seed = int(rng.integers(2**31))
        self._offsets = offsets(rng, 3)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        wobble = patch.noise("rough", 36, o[0])
        cell, dx, dy = _cells(patch, self.WIDTH + self.JOINT, self.HEIGHT + self.JOINT, 0.5)
        face = _face(dx + 0.08 * wobble, dy + 0.08 * wobble, self.WIDTH, self.HEIGHT, 0.35)
        tone, hue = hash01(cell, self._seed), hash01(cell, self._seed + 1)
        grain = patch.noise("fine", 13, o[1])
        burnt = patch.noise("pink", 45, o[2])
        shade = 0.55 + 0.75 * tone + 0.07 * grain + 0.14 * burnt
        brick = self._color * shade[..., None]
        brick *= 1 + (hue - 0.5)[..., None] * np.array([0.05, 0.30, 0.45], np.float32)
        mortar = self._mortar * (1 + 0.06 * grain + 0.05 * wobble)[..., None]
        relief = 0.22 * face + 0.012 * wobble + 0.002 * grain
        return Finish(mix(mortar, brick, face).astype(np.float32), relief, 0.0)


class Tile:
    """Hand-made glazed tiles of 10 x 10 cm, each a little tilted."""

    SIZE, JOINT = 10.0, 0.3

    def __init__(self, rng: np.random.Generator, color: str):
        self._color = linear(color)
        self._seed = int(rng.integers(2**31))
        self._offsets = offsets(rng, 2)

    def finish(self, patch: Patch) -> Finish:
        step = self.SIZE + self.JOINT
        cell, dx, dy = _cells(patch, step, step, 0.0)
        face = _face(dx, dy, self.SIZE, self.SIZE, max(0.12, patch.footprint))
        tone = hash01(cell, self._seed) - 0.5
        tilt_u = hash01(cell, self._seed + 1) - 0.5
        tilt_v = hash01(cell, self._seed + 2) - 0.5
        wave = patch.noise("smooth", 24, self._offsets[0])
        glaze = patch.noise("pink", 26, self._offsets[1])
        tile = self._color * (1 + 0.15 * tone + 0.02 * glaze)[..., None]
        grout = linear("#c9c5bc") * np.float32(0.85)
        albedo = mix(grout, tile, face).astype(np.float32)
        relief = face * (0.10 + 0.045 * (tilt_u * dx + tilt_v * dy) + 0.012 * wave)
        return Finish(albedo, relief, 0.9 * face)


class Panel:
    """Painted boards with a rounded groove every 12 cm."""

    WIDTH = 12.0

    def __init__(self, rng: np.random.Generator, color: str):
        self._color = linear(color)
        self._shift = float(rng.uniform(0, self.WIDTH))
        self._offsets = offsets(rng, 2)

    def finish(self, patch: Patch) -> Finish:
        x = (patch.u + np.float32(self._shift)) / np.float32(self.WIDTH)
        edge = (0.5 - np.abs(x - np.floor(x) - 0.5)) * np.float32(self.WIDTH)
        groove = np.exp(-((edge / 0.5) ** 2))
        brush = patch.noise("rough", 30, self._offsets[0], stretch=0.08)
        slow = patch.noise("cloud", 160, self._offsets[1])
        tone = (1 + 0.02 * slow + 0.012 * brush) * (1 - 0.5 * groove)
        albedo = (self._color * tone[..., None]).astype(np.float32)
        return Finish(albedo, (-0.5 * groove).astype(np.float32), 0.15)


class Paving:
    """Paving stones of 20 x 10 cm in running bond, split and a little worn."""

    WIDTH, HEIGHT, JOINT = 19.2, 9.4, 0.7

    def __init__(self, rng: np.random.Generator):
        self._color, self._joint = linear("#aaa59c"), linear("#6f6a5e")
        self._seed = int(rng.integers(2**31))
        self._offsets = offsets(rng, 4)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        wobble = patch.noise("rough", 28, o[0])
        cell, dx, dy = _cells(patch, self.WIDTH + self.JOINT, self.HEIGHT + self.JOINT, 0.5)
        soft = max(0.5, patch.footprint)
        face = _face(dx + 0.10 * wobble, dy + 0.10 * wobble, self.WIDTH, self.HEIGHT, soft)
        tone, hue = hash01(cell, self._seed), hash01(cell, self._seed + 1)
        grain, worn = patch.noise("fine", 9, o[1]), patch.noise("pink", 32, o[2])
        moss = smoothstep(0.3, 1.6, patch.noise("cloud", 90, o[3])) * (1 - face)
        stone = self._color * (0.80 + 0.30 * tone + 0.07 * grain + 0.07 * worn)[..., None]
        stone *= 1 + (hue - 0.5)[..., None] * np.array([0.10, 0.0, -0.12], np.float32)
        joint = mix(self._joint, linear("#5d6a41"), moss) * (1 + 0.10 * grain)[..., None]
        relief = 0.20 * face + 0.018 * worn + 0.012 * wobble + 0.003 * grain
        return Finish(mix(joint, stone, face).astype(np.float32), relief, 0.04 * face)
