"""The scene's one pinhole camera, in centimeters."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Self

import numpy as np

FOCAL_PER_LONG_SIDE = 2.36
"""An 85 mm lens before a 36 mm frame."""


@dataclasses.dataclass(frozen=True)
class Camera:
    """x points right, y up and z away from the camera; the product stands at the origin.

    The camera is not rolled, so a row of pixels meets any horizontal plane, or any wall
    parallel to the picture's rows, at one depth: each method takes row numbers (pixel
    centers at r + 0.5) and gives one value a row.
    """

    pitch: float
    """Angle of the optical axis below the horizontal, in radians."""
    focal: float
    """In pixels."""
    center: tuple[float, float]
    """Column and row of the principal point."""
    height: float
    """Above the plane y = 0, in cm."""
    distance: float
    """The camera's own -z, in cm."""

    @classmethod
    def facing(
        cls,
        box: tuple[int, int, int, int],
        canvas: tuple[int, int],
        *,
        elevation: float,
        width_cm: float,
        contact: float | None = None,
    ) -> Self:
        """The camera that sees a product of ``width_cm`` in ``box`` from ``elevation`` degrees.

        The optical axis meets the middle of the box. ``contact`` is the row at which a
        standing product touches the ground, there lies the origin; for a lying product
        it is in the middle of the box. ``canvas`` is (width, height) in pixels.
        """
        left, top, right, bottom = box
        focal = FOCAL_PER_LONG_SIDE * max(canvas)
        center = ((left + right) / 2, (top + bottom) / 2)
        pitch = math.radians(elevation)
        depth = focal * width_cm / (right - left)
        ray = 0.0 if contact is None else (contact - center[1]) / focal
        down = ray * math.cos(pitch) + math.sin(pitch)
        forward = math.cos(pitch) - ray * math.sin(pitch)
        return cls(pitch, focal, center, depth * down, depth * forward)

    @property
    def horizon(self) -> float:
        """The row where horizontal planes vanish; far above the picture when looking down."""
        return self.center[1] - self.focal * math.tan(min(self.pitch, 1.55))

    def rays(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Upward and forward part of the rays through ``rows`` per unit along the axis."""
        offset = (np.asarray(rows, dtype=np.float64) - self.center[1]) / self.focal
        up = -offset * math.cos(self.pitch) - math.sin(self.pitch)
        forward = math.cos(self.pitch) - offset * math.sin(self.pitch)
        return up, forward

    def floor(self, rows: np.ndarray, level: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """(cm per pixel along x, z in cm) where each row meets the plane y = ``level``.

        Rows at and above the horizon get infinity.
        """
        up, forward = self.rays(rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            along = np.where(up < -1e-9, (level - self.height) / up, np.inf)
            return along / self.focal, along * forward - self.distance

    def upright(self, rows: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
        """(cm per pixel along x, y in cm) where each row meets the upright plane at ``z``."""
        up, forward = self.rays(rows)
        along = (z + self.distance) / np.maximum(forward, 1e-6)
        return along / self.focal, self.height + along * up

    def project(self, x: Any, y: Any, z: Any) -> tuple[Any, Any]:
        """Column and row of points, numbers or arrays; they must lie before the camera."""
        up, forward = y - self.height, z + self.distance
        along = forward * math.cos(self.pitch) - up * math.sin(self.pitch)
        down = -(forward * math.sin(self.pitch) + up * math.cos(self.pitch))
        return (
            self.center[0] + self.focal * x / along,
            self.center[1] + self.focal * down / along,
        )

    def scale_at(self, y: float, z: float) -> float:
        """Pixels per cm across the view at a point."""
        up, forward = y - self.height, z + self.distance
        return self.focal / (forward * math.cos(self.pitch) - up * math.sin(self.pitch))
