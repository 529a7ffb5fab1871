"""The scene's one lamp and its fill light."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from prodimages.engines.studio.scenes import Scene

_STANDING = {
    "left": (-0.80, 0.95, -0.02),
    "right": (0.80, 0.95, -0.02),
    "front": (-0.16, 1.0, -0.22),
    "back": (-0.22, 0.85, 0.62),
    "top": (-0.10, 1.0, 0.05),
}
"""Towards the lamp as x right, y up, z away from the camera."""
_FACING = {
    "left": (-0.80, 0.42, 1.0),
    "right": (0.80, 0.42, 1.0),
    "front": (-0.10, 0.30, 1.0),
    "back": (-0.10, 0.95, 1.0),
    "top": (-0.08, 0.70, 1.0),
}
"""Towards the lamp for a plane seen frontally: picture's right, picture's up, off the plane."""

_TINTS = {
    "cool": ((0.90, 0.985, 1.13), (0.97, 1.0, 1.03)),
    "neutral": ((1.0, 1.0, 1.0), (0.985, 1.0, 1.015)),
    "warm": ((1.10, 0.995, 0.85), (0.995, 0.99, 0.975)),
    "golden": ((1.22, 0.98, 0.66), (0.985, 0.985, 0.975)),
}
"""Color of lamp and of fill light; the fill stays nearer to the product's own neutral."""
_SIZES = {"soft": 0.42, "hard": 0.055, "none": 0.5}
_KEY_SHARES = {"soft": 0.52, "hard": 0.70, "none": 0.5}
EXPOSURES = {"bright": 1.2, "calm": 1.09, "dark": 0.62}


@dataclasses.dataclass(frozen=True)
class Light:
    """Seen from the plane that carries the product."""

    across: float
    """Of the direction to the lamp: along the picture's rows (right is positive),"""
    along: float
    """along the plane's other axis (away from the viewer, or up a wall),"""
    off: float
    """and off the plane; together a unit vector."""
    size: float
    """Radius of the lamp over its distance: how fast a penumbra widens."""
    key: np.ndarray
    """(3,) float32: what an unshaded plane receives from the lamp, linear."""
    fill: np.ndarray
    """(3,) float32: what it receives from everywhere else."""

    @property
    def run(self) -> tuple[float, float]:
        """Where the shadow of a point at height 1 falls, as (across, along)."""
        return -self.across / self.off, -self.along / self.off

    def on_wall(self) -> Light:
        """The same lamp in the axes of a wall behind the ground: across, up, off the wall.

        A wall is lit by the room as well, so the lamp is never quite behind it.
        """
        off = max(-self.along, 0.35)
        length = math.sqrt(self.across**2 + self.off**2 + off**2)
        return dataclasses.replace(
            self, across=self.across / length, along=self.off / length, off=off / length
        )


def light_for(scene: Scene, *, standing: bool) -> Light:
    if standing:
        x, y, z = _STANDING[scene.light]
        if scene.pattern != "none":  # so that the pattern falls on the wall as well
            z -= 0.5
        direction = np.array([x, z, y])
    else:
        direction = np.array(_FACING[scene.light])
    direction /= np.linalg.norm(direction)
    key, fill = _TINTS[scene.temperature]
    share = _KEY_SHARES[scene.shadow]
    exposure = EXPOSURES[scene.mood]
    return Light(
        across=float(direction[0]),
        along=float(direction[1]),
        off=float(direction[2]),
        size=_SIZES[scene.shadow],
        key=np.array(key, np.float32) * np.float32(share * exposure),
        fill=np.array(fill, np.float32) * np.float32((1 - share) * exposure),
    )
