"""Shades a material on a plane of the scene, band by band, on two threads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from prodimages.engines.studio.light import Light
from prodimages.engines.studio.materials.base import Finish, Material, Patch
from prodimages.imaging.threads import side_by_side

BAND = 96
"""Rows at a time: small enough for the caches, large enough to keep calls few."""

Rays = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Rows -> (cm per pixel across, cm along the plane's other axis) for each of them."""


@dataclasses.dataclass(frozen=True)
class Shading:
    """(h, w) fields of a plane's rows, or numbers that hold for all of them."""

    lamp: np.ndarray | float = 1.0
    """Share of the lamp's light that arrives."""
    sky: np.ndarray | float = 1.0
    """Share of the fill light that arrives."""
    mirrored: np.ndarray | None = None
    """(h, w, 3) linear light that a perfect mirror would show."""
    fresnel: np.ndarray | float = 0.0
    """(h, 1): reflectance of a polished surface at the row's viewing angle."""

    def band(self, start: int, stop: int) -> Shading:
        def cut(field: np.ndarray | float | None) -> np.ndarray | float | None:
            return field[start:stop] if isinstance(field, np.ndarray) else field

        return Shading(*(cut(getattr(self, f.name)) for f in dataclasses.fields(self)))


def shade(
    material: Material,
    rays: Rays,
    rows: np.ndarray,
    columns: np.ndarray,
    light: Light,
    shading: Shading,
) -> np.ndarray:
    """(h, w, 3) float32 linear light from a plane.

    ``rows`` (h,) are pixel centers; ``columns`` (w,) pixel centers counted from the
    camera's principal point. The plane's place at a pixel is (columns * cm per pixel, v).
    """
    out = np.empty((len(rows), len(columns), 3), np.float32)

    def work(start: int) -> None:
        stop = min(start + BAND, len(rows))
        first, last = max(start - 1, 0), min(stop + 1, len(rows))
        patch = _patch(rays, rows[first:last], columns)
        finish = material.finish(patch)
        lit = _lit(finish, patch, light, shading.band(first, last))
        out[start:stop] = lit[start - first : stop - first]

    side_by_side(work, range(0, len(rows), BAND))
    return out


def _patch(rays: Rays, rows: np.ndarray, columns: np.ndarray) -> Patch:
    across, along = rays(rows)
    u = (across[:, None] * columns[None, :]).astype(np.float32)
    v = along[:, None].astype(np.float32)
    middle = len(rows) // 2
    dv = abs(float(along[-1] - along[0])) / max(len(rows) - 1, 1)
    return Patch(u, v, float(across[middle]), max(dv, 1e-4))


def _lit(finish: Finish, patch: Patch, light: Light, shading: Shading) -> np.ndarray:
    lamp = shading.lamp
    if finish.relief is not None and len(patch.v) > 1:
        lamp = lamp * _slope_light(finish.relief, patch, light)
    received = _times(lamp, light.key) + _times(shading.sky, light.fill)
    lit = finish.albedo * received
    if shading.mirrored is not None:
        share = np.asarray(finish.gloss * shading.fresnel, dtype=np.float32)[..., None]
        lit = lit * (1 - share) + shading.mirrored * share
    return lit.astype(np.float32)


def _times(field: np.ndarray | float, color: np.ndarray) -> np.ndarray:
    return np.asarray(field, dtype=np.float32)[..., None] * color


def _slope_light(relief: np.ndarray, patch: Patch, light: Light) -> np.ndarray:
    """How the relief's slopes turn towards the lamp, relative to the flat plane."""
    slope_u = np.gradient(relief, axis=1) / np.float32(patch.du)
    step = np.gradient(patch.v[:, 0])[:, None]
    step = np.where(np.abs(step) < 1e-5, np.float32(1e-5), step)
    slope_v = np.gradient(relief, axis=0) / step
    run_u, run_v = light.run
    return np.clip(1 + run_u * slope_u + run_v * slope_v, 0.35, 1.9).astype(np.float32)
