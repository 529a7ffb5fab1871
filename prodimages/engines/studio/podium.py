"""A round podium under the product, seen by the scene's camera."""

from __future__ import annotations

import dataclasses
from typing import Self

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.ground import Shade
from prodimages.engines.studio.pattern import Pattern
from prodimages.engines.studio.shot import Shot
from prodimages.engines.studio.silhouette import silhouette


@dataclasses.dataclass(frozen=True)
class Podium:
    """A cylinder whose top is the plane y = 0; lengths in cm."""

    radius: float
    height: float
    middle: float
    """z of its axis."""

    @classmethod
    def under(cls, shot: Shot) -> Self:
        left, _, right, _ = shot.product.box
        width = (right - left) / shot.camera.scale_at(0.0, 0.0)
        middle = 0.25 * width
        if shot.product.alpha.any():
            middle = silhouette(shot.product.alpha, shot.product.box, shot.camera).middle
        radius = max(0.66 * width, 1.35 * middle)
        return cls(radius, 0.34 * radius, middle)

    def over(self, behind: np.ndarray, shot: Shot, shadow: Shade) -> np.ndarray:
        """``behind`` (H, W, 3) linear with the podium before it; ``shadow`` falls on its top."""
        top = self._top_coverage(shot)
        side, facing = self._side(shot)
        color = linear(shot.scene.accent or shot.scene.color)
        light = shot.light
        out = behind
        lit = self._side_light(shot, facing)[..., None] * light.key + light.fill * np.float32(0.62)
        out = out + (lit * color - out) * side[..., None]
        lamp = shadow.lamp
        if pattern := Pattern.of(shot):
            across, z = shot.camera.floor(np.maximum(shot.rows, shot.camera.horizon + 1))
            x = across[:, None] * shot.columns[None, :]
            lamp = lamp * pattern.transmission(x, np.array(0.0), z[:, None])
        face = lamp[..., None] * light.key + shadow.sky[..., None] * light.fill
        return out + (face * color * np.float32(1.03) - out) * top[..., None]

    def _top_coverage(self, shot: Shot) -> np.ndarray:
        """(H, W) share of each pixel that the top disc covers."""
        across, z = shot.camera.floor(shot.rows)
        below = np.isfinite(across) & (across < 1e3)
        across, z = np.where(below, across, 1e3), np.where(below, z, 1e6)
        distance = np.hypot(across[:, None] * shot.columns[None, :], (z - self.middle)[:, None])
        # Without a bound the steep slope at the horizon would count as the rim's softness.
        return _covered(np.maximum(self.radius - distance, -self.radius)) * below[:, None]

    def _side(self, shot: Shot) -> tuple[np.ndarray, np.ndarray]:
        """(H, W) coverage by the cylinder's side, and the sine of where it faces, -1..1 across.

        The side's outline is the top's near rim moved down by the podium's height.
        """
        camera = shot.camera
        scale = camera.scale_at(0.0, self.middle)
        half = self.radius * scale
        x = shot.columns / half
        # Tangent columns, then for each column the near rim of top and base.
        inside = np.clip((1 - np.abs(x)) * half + 0.5, 0, 1)
        near = self.middle - self.radius * np.sqrt(np.maximum(1 - x * x, 0))
        rim = np.array([camera.project(0.0, 0.0, float(z))[1] for z in near])
        base = np.array([camera.project(0.0, -self.height, float(z))[1] for z in near])
        rows = shot.rows[:, None]
        coverage = np.clip(rows - rim[None, :] + 1.5, 0, 1)
        coverage *= np.clip(base[None, :] - rows + 0.5, 0, 1) * inside[None, :]
        return coverage.astype(np.float32), np.clip(x, -1, 1).astype(np.float32)

    def _side_light(self, shot: Shot, facing: np.ndarray) -> np.ndarray:
        """(1, W) lamp light on the side: Lambert's cosine, wrapped as by a large lamp."""
        light = shot.light
        towards_viewer = np.sqrt(np.maximum(1 - facing**2, 0))
        cosine = facing * light.across - towards_viewer * light.along
        wrap = 0.35 + light.size
        return np.clip((cosine + wrap) / (1 + wrap), 0, None)[None, :] * np.float32(1.05)


def _covered(distance: np.ndarray) -> np.ndarray:
    """Signed distance to an outline -> coverage, one pixel soft, by its own gradient."""
    rows, columns = np.gradient(distance)
    slope = np.maximum(np.hypot(rows, columns), 1e-6)
    return np.clip(distance / slope + 0.5, 0, 1).astype(np.float32)
