"""The camera of the studio: an 85 mm lens before a 36 mm frame, shifted rather than tilted.

The optical axis meets the middle of the product and the product is then slid to its place
by lens shift, just as ``engines.studio.camera`` has it, so both show the same perspective.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from prodimages.diffusion.training.data.scenes import Scene

FOCAL, FRAME = 0.085, 0.036
"""Meters."""


@dataclasses.dataclass(frozen=True)
class View:
    position: tuple[float, float, float]
    elevation: float
    """In radians."""
    shift: tuple[float, float]
    """In widths of the frame."""
    frame: float
    """Width of what the frame shows at the product, in meters."""
    distance: float
    """To the middle of the product along the axis, in meters."""
    focus: float

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n,) columns and rows as fractions of the frame, of (n, 3) points."""
        flat = _project(points, np.array(self.position), self.elevation)
        return 0.5 + flat[0] - self.shift[0], 0.5 - flat[1] + self.shift[1]


def _project(
    points: np.ndarray, position: np.ndarray, elevation: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right and up in widths of the frame without any shift, and depth in meters."""
    c, s = math.cos(elevation), math.sin(elevation)
    relative = points - position
    depth = relative @ np.array([0, c, -s])
    zoom = FOCAL / FRAME / np.maximum(depth, 1e-6)
    return relative[:, 0] * zoom, (relative @ np.array([0, s, c])) * zoom, depth


def view_of(scene: Scene, points: np.ndarray) -> View:
    """The camera that sees the product's (n, 3) ``points`` where the scene wants them."""
    elevation = math.radians(scene.elevation)
    middle = (points.min(0) + points.max(0)) / 2
    back = np.array([0, -math.cos(elevation), math.sin(elevation)])
    distance = FOCAL / FRAME * float(np.ptp(points, axis=0).max()) / scene.fill
    fill = scene.fill if scene.centered else min(scene.fill, scene.ground - 0.05)
    for _ in range(6):
        across, up, depth = _project(points, middle + distance * back, elevation)
        distance *= max(np.ptp(across), np.ptp(up)) / fill
    across, up, depth = _project(points, middle + distance * back, elevation)
    wanted = 0.5 - scene.ground
    shift_y = (up.min() + up.max()) / 2 if scene.centered else up.min() - wanted
    shift_x = (across.min() + across.max()) / 2 - scene.shift
    position = middle + distance * back
    return View(
        position=(float(position[0]), float(position[1]), float(position[2])),
        elevation=elevation,
        shift=(float(shift_x), float(shift_y)),
        frame=float(distance * FRAME / FOCAL),
        distance=float(distance),
        focus=float(distance - 0.35 * (distance - depth.min())),
    )


def f_number(blur_px: float, focus: float, behind: float) -> float:
    """The aperture at which a backdrop at depth ``behind`` has a circle of ``blur_px`` of 256.

    Thin lens: c = f^2 / (N (s - f)) * (d - s) / d, over the frame's width.
    """
    circle = FOCAL**2 / (focus - FOCAL) * max(behind - focus, 0.01) / behind / FRAME
    return max(circle * 256 / max(blur_px, 0.05), 0.7)
