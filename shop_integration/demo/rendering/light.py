"""The room's light: one large window, a pale room behind the camera, the table's bounce."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from shop_integration.demo.rendering.noise import smoothstep
from shop_integration.demo.rendering.vectors import Array, Vectors, constant, dot

HIGH = 2.0
"""The window's height over its width."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Room:
    """Radiances in linear units where a white sheet facing the window is about 1."""

    key: tuple[float, float, float]
    """Unit vector to the middle of the window."""
    size: float
    """Half the window's width at distance one; it is twice as high as wide."""
    front: tuple[float, float, float]
    """Horizontal unit vector to the camera."""
    window: tuple[float, float, float] = (1.0, 0.985, 0.96)
    ceiling: tuple[float, float, float] = (0.34, 0.355, 0.38)
    back: tuple[float, float, float] = (0.19, 0.185, 0.18)
    table: tuple[float, float, float] = (0.30, 0.24, 0.18)
    """Albedo of the table, which lights the product from below."""

    KEY_POWER = 1.25

    @property
    def basis(self) -> tuple[Array, Array, Array]:
        """Unit vectors across the window, up the window and toward it."""
        toward = np.array(self.key, np.float64)
        across = np.cross([0.0, 1.0, 0.0], toward)
        across = across / np.linalg.norm(across)
        return across, np.cross(toward, across), toward

    def samples(self, side: int) -> list[tuple[float, float, float]]:
        """Directions to the middles of ``side`` x ``side`` equal fields of the window."""
        across, up, toward = self.basis
        found = []
        for i in range(side):
            for j in range(side):
                u = ((i + 0.5) / side * 2 - 1) * self.size
                v = ((j + 0.5) / side * 2 - 1) * self.size * HIGH
                way = toward + across * u + up * v
                found.append(tuple(way / np.linalg.norm(way)))
        return found

    def ambient(self, normal: Vectors) -> Array:
        """(N, 3) irradiance over pi from everything but the window."""
        ny = normal[1]
        up = (ny * 0.5 + 0.5)[:, None]
        facing = dot(normal, constant(self.front))
        level = 1 - np.abs(ny)
        room = np.float32(self.back) * (1 + 0.45 * facing * level)[:, None]
        ceiling = np.float32(self.ceiling)
        above = ceiling * up + room * (1 - up)
        bounce = np.float32(self.table) * np.float32(0.62)
        below = np.clip(-ny * 0.5 + 0.42, 0, 1)[:, None]
        return above * (1 - below * 0.75) + bounce * below

    def reflected(self, way: Vectors, roughness: Array) -> Array:
        """(N, 3) radiance that a surface of ``roughness`` mirrors from direction ``way``."""
        across, up, toward = (constant(axis) for axis in self.basis)
        depth = dot(way, toward)
        safe = np.maximum(depth, np.float32(0.05))
        u, v = dot(way, across) / safe, dot(way, up) / safe
        blur = np.float32(0.02) + roughness * roughness * np.float32(1.1)
        pane = _soft_slab(u, self.size, blur) * _soft_slab(v, self.size * HIGH, blur)
        bars = 1 - _soft_slab(u, 0.02, blur) - _soft_slab(v - 0.1, 0.02, blur)
        pane = pane * np.clip(bars, 0, 1) * smoothstep(0.0, 0.3, depth)
        power = self.KEY_POWER * math.pi / (4 * HIGH * self.size**2)
        glow = np.float32(self.window) * (pane * np.float32(power))[:, None]
        t = smoothstep(-0.25, 0.75, way[1])[:, None]
        nearer = (1 + 0.35 * dot(way, constant(self.front)))[:, None]
        room = (np.float32(self.back) * (1 - t) + np.float32(self.ceiling) * t) * nearer
        down = smoothstep(0.06, -0.22, way[1])[:, None]
        return glow + room * (1 - down) + np.float32(self.table) * np.float32(0.8) * down


def _soft_slab(v: Array, half: float, blur: Array) -> Array:
    """1 inside |v| < half, blurred by ``blur``; keeps the slab's total light."""
    return 0.5 * (np.tanh((v + half) / blur) - np.tanh((v - half) / blur)).astype(np.float32)


def direction(azimuth: float, height: float, camera_azimuth: float) -> tuple[float, float, float]:
    """Unit vector to a light ``azimuth`` degrees right of the camera, ``height`` up."""
    a, h = math.radians(azimuth + camera_azimuth), math.radians(height)
    return math.sin(a) * math.cos(h), math.sin(h), math.cos(a) * math.cos(h)
