"""The scene's one lamp and its fill light."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from prodimages.engines.studio.scenes import Scene
from prodimages.imaging.measure import Measured

_STANDING = {
    "left": (-0.80, 0.95, -0.26),
    "right": (0.80, 0.95, -0.26),
    "front": (-0.16, 1.0, -0.22),
    "back": (-0.22, 0.85, 0.62),
    "top": (-0.10, 1.0, 0.05),
}
"""Towards the lamp as x right, y up, z away from the camera."""
_FACING = {
    "left": (-0.80, 0.42, 1.0),
    "right": (0.80, 0.42, 1.0),
    "front": (-0.18, 0.45, 1.0),
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
_SIZES = {"soft": 0.32, "hard": 0.055, "none": 0.5}
_KEY_SHARES = {"soft": 0.52, "hard": 0.70, "none": 0.5}
_SHARE_BOUNDS = {"soft": (0.45, 0.66), "hard": (0.62, 0.78), "none": (0.5, 0.5)}
_FLANK = 0.84
"""Lamp light on an upright surface that faces the side lamp, over that on the ground."""
_PACKSHOT_LEANS = (0.2, 0.45)
"""Bounds on what a packshot keeps of the lamp's distance to the side."""
_MARGIN = 1.5
"""How far a packshot's shadow may run, in margins beside the product: its end is faint."""
_SLIM, _LEAST_SLIM = 0.6, 0.5
"""Width over height under which goods get a smaller lamp, and how much smaller at most."""
_MOST_TINT = 0.12
"""How far from neutral the photo's own light may draw the scene's."""
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Build:
    """What of a standing product its photographer sets the lamp by."""

    slimness: float = 1.0
    """Width over height."""
    margin: float | None = None
    """Room beside it, on the side of its shadow, over its height."""


def light_for(
    scene: Scene, *, standing: bool, measured: Measured | None = None, build: Build | None = None
) -> Light:
    """The scene's light; ``measured`` of the product decides its contrast and its white.

    A lamp that is large beside a slim product would leave no shadow of it, so it gets a smaller
    one; in a packshot the lamp comes so far round to the front as the shadow has room.
    """
    build = build or Build()
    if standing:
        x, y, z = _STANDING[scene.light]
        if scene.pattern != "none":  # so that the pattern falls on the wall as well
            z -= 0.26
        if scene.family == "packshot":
            x *= _lean(build, abs(x) / y)
        direction = np.array([x, z, y])
    else:
        direction = np.array(_FACING[scene.light])
    direction /= np.linalg.norm(direction)
    key, fill = _TINTS[scene.temperature]
    share = _key_share(scene, measured)
    exposure = EXPOSURES[scene.mood] * _white(measured)
    return Light(
        across=float(direction[0]),
        along=float(direction[1]),
        off=float(direction[2]),
        size=_SIZES[scene.shadow] * (_narrowed(build) if standing else 1.0),
        key=(np.array(key) * share * exposure).astype(np.float32),
        fill=(np.array(fill) * (1 - share) * exposure).astype(np.float32),
    )


def _lean(build: Build, run: float) -> float:
    """What a packshot keeps of a lamp whose shadow would be ``run`` times the product's height."""
    least, most = _PACKSHOT_LEANS
    if build.margin is None or not run:
        return most
    return min(max(_MARGIN * build.margin / run, least), most)


def _narrowed(build: Build) -> float:
    return min(max(build.slimness / _SLIM, _LEAST_SLIM), 1.0)


def _key_share(scene: Scene, measured: Measured | None) -> float:
    """The lamp's share of the light, such that it would light the product as contrastily."""
    if measured is None or measured.key is None:
        return _KEY_SHARES[scene.shadow]
    beyond_fill = measured.key.ratio - 1
    least, most = _SHARE_BOUNDS[scene.shadow]
    return min(max(beyond_fill / (beyond_fill + _FLANK), least), most)


def _white(measured: Measured | None) -> np.ndarray:
    """(3,) the color of the light on the product, green 1, where it is known."""
    if measured is None or measured.light is None:
        return np.ones(3)
    return np.clip(np.array(measured.light), 1 - _MOST_TINT, 1 + _MOST_TINT)
