"""Shadows of goods that lie on a surface or hang before a wall, in the picture's own pixels."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.studio.light import Light
from prodimages.engines.studio.pixels import blur, shrink

_WIDTHS = (4.0, 12.0, 24.0, 30.0, 45.0, 100.0)
_THICKNESSES = (0.5, 1.2, 2.6, 2.6, 1.1, 1.6)
LONG_SIDE = 640
"""Size at which these shadows are made; they hold nothing finer."""


@dataclasses.dataclass(frozen=True)
class FlatShadow:
    """(h, w) fields at reduced size, each 0 (none) .. 1 (full)."""

    cast: np.ndarray
    contact: np.ndarray
    ambient: np.ndarray


def thickness_cm(width_cm: float, *, hanging: bool) -> float:
    """How far a lying product's outline rises from its surface: 0.5 to 3 cm.

    Nothing but its width is known: jewelry is thin, what is as wide as shoes or a hat is
    thick, and what is wider is cloth. A hanging product stands off its wall by a hanger.
    """
    thickness = float(np.interp(width_cm, _WIDTHS, _THICKNESSES))
    return 1.0 + thickness if hanging else thickness


def halo(alpha: np.ndarray, longest: float) -> np.ndarray:
    """(h, w) share 0..1 of the fill light that an (H, W) alpha keeps from paper behind it.

    ``longest`` is the product's longer side in pixels. It falls to all sides alike: a shadow to
    one side would say how the product stood, lay or hung.
    """
    reduce = max(1.0, max(alpha.shape) / LONG_SIDE)
    small = shrink(alpha, (round(alpha.shape[0] / reduce), round(alpha.shape[1] / reduce)))
    side = longest / reduce
    return 0.34 * blur(small, 0.035 * side) + 0.26 * blur(small, 0.11 * side)


def flat_shadow(
    alpha: np.ndarray, px_per_cm: float, thickness: float, light: Light, *, tilt: float = 1.0
) -> FlatShadow:
    """The shadow of an (H, W) alpha that fills the space from the plane to ``thickness`` cm.

    ``tilt`` is the sine of the camera's elevation: how much the plane's far axis shortens.
    """
    reduce = max(1.0, max(alpha.shape) / LONG_SIDE)
    small = shrink(alpha, (round(alpha.shape[0] / reduce), round(alpha.shape[1] / reduce)))
    scale = px_per_cm / reduce
    run_across, run_along = light.run
    soft = max(light.size, 0.12) * 0.9
    cast = np.zeros_like(small)
    pending, above = 0.0, thickness
    for y in thickness * np.linspace(1, 0, 9):
        pending += (soft * scale) ** 2 * (above**2 - y**2)
        above = y
        if pending > 0.25:
            cast, pending = blur(cast, float(np.sqrt(pending))), 0.0
        moved = ndimage.shift(
            small, (-run_along * y * scale * tilt, run_across * y * scale), order=1
        )
        np.maximum(cast, moved, out=cast)
    near = max(0.16 * thickness * scale, 0.8)
    contact = 0.8 * blur(small, near)
    ambient = 0.5 * blur(small, 0.9 * thickness * scale)
    ambient += 0.25 * blur(small, 2.6 * thickness * scale)
    return FlatShadow(blur(cast, 0.8), contact, ambient)
