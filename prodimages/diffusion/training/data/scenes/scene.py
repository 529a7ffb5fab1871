"""A scene, settled: plain data, and whether training sees it."""

from __future__ import annotations

import dataclasses
import hashlib

from prodimages.diffusion.training.data.scenes.goods import LYING

HELD_SHARE = 0.08
"""Share of combinations of surface, its color and the wall's color that no training sees."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """One scene, settled. Lengths in cm, angles in degrees, colors by the studio's names."""

    seed: int
    scene: str
    surface: str
    surface_color: str | None
    wall: str | None
    wall_color: str | None
    accent: str | None
    """The podium's color."""
    pattern: str
    """What the light passes through: ``none``, ``window`` or ``leaves``."""
    scatter: str
    """What lies about: ``none``, ``petals`` or ``leaves``."""
    light_side: str
    light: str
    """``soft``, ``hard``, ``sun``, ``window`` or ``leaf shadow``."""
    key_share: float
    """The lamp's share of the light on the surface, 0..1."""
    elevation: float
    turn: float
    """How far the product is turned about the vertical."""
    blur: str
    blur_px: float
    """Diameter of the backdrop's circle of confusion in pixels of a picture of 256."""
    gap: float
    """From the product's middle to the wall, in widths of the frame at the product."""
    product: str | None
    product_color: str | None
    stand_in: str
    """The product, or what the camera is set up for where there is none."""
    width_cm: float
    height_cm: float
    fill: float
    ground: float
    shift: float
    """How far right of the middle the product is, as a fraction of the frame."""
    centered: bool
    """Whether it is in the middle of the height rather than on the ground line."""

    @property
    def lies(self) -> bool:
        return self.stand_in in LYING or (self.scene == "floor" and self.elevation >= 62)

    @property
    def split(self) -> str:
        return split_of(self.surface, self.surface_color, self.wall_color)


def split_of(surface: str, surface_color: str | None, wall_color: str | None) -> str:
    """``held`` for the combinations that training never sees, by a hash that never changes."""
    key = f"{surface}|{surface_color or ''}|{wall_color or ''}"
    digest = hashlib.sha256(key.encode()).digest()
    return "held" if int.from_bytes(digest[:4], "big") < HELD_SHARE * 2**32 else "train"
