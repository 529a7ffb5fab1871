"""Shadows in three parts: contact, cast and ambient shade.

A body is a stack of slices. The shadow of a slice at height y lies y times the light's
run away and is blurred by y times the light's size, so the penumbra grows with the
distance from the contact (the convolution model of soft shadows: Soler and Sillion 1998).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from scipy import ndimage

from prodimages.engines.studio.light import Light
from prodimages.engines.studio.pixels import blur
from prodimages.engines.studio.silhouette import Silhouette

Slice = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(1, n) x and (m, 1) z in cm -> (m, n) share 0..1 of a horizontal slice."""
GRID = 288
_LIP = 0.009


@dataclasses.dataclass(frozen=True)
class Map:
    """A field on a plane, sampled in cm; 0 outside."""

    values: np.ndarray
    origin: tuple[float, float]
    """x and z of the first sample."""
    step: float

    def at(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        coordinates = np.broadcast_arrays(
            (z - self.origin[1]) / self.step, (x - self.origin[0]) / self.step
        )
        return ndimage.map_coordinates(
            self.values, coordinates, order=1, mode="constant", output=np.float32
        )


@dataclasses.dataclass(frozen=True)
class Shadow:
    """Each part 0 (none) .. 1 (full)."""

    cast: Map
    """What of the lamp is hidden."""
    contact: Map
    """What of all light is hidden where the body touches."""
    ambient: Map
    """What of the fill light is hidden around it."""
    far: float
    """z in cm past which the body is not taken to reach."""


def standing_shadow(body: Silhouette, light: Light) -> Shadow:
    width = max(float(body.x[-1] - body.x[0]), 0.05)  # a line of pixels has a shadow, too
    count = 34 if light.size > 0.15 else 72  # a sharp outline shows each slice
    heights = body.height * np.linspace(1.0, 0.0, count) ** 1.4
    slices = [(float(y), _body_slice(body, float(y))) for y in heights]
    return Shadow(
        cast=_cast(slices, width / 2, body.middle, light),
        contact=_contact(body, width),
        ambient=_ambient(slices, width, body.middle, body.height),
        far=2 * body.middle,
    )


def disc_shadow(radius: float, height: float, middle: float, light: Light) -> Shadow:
    """The shadow of a round podium on the floor that it stands on."""

    def disc(x: np.ndarray, z: np.ndarray) -> np.ndarray:
        step = abs(float(x[0, 1] - x[0, 0]))
        return np.clip((radius - np.hypot(x, z - middle)) / step + 0.5, 0, 1)

    slices = [(float(y), disc) for y in np.linspace(height, 0, 14)]
    x, z, step, origin = _grid(-1.25 * radius, 1.25 * radius, middle, 1.25 * radius)
    base = disc(x, z).astype(np.float32)
    core = blur(base, 0.02 * radius / step) * 0.6 + blur(base, 0.07 * radius / step) * 0.6
    return Shadow(
        cast=_cast(slices, radius, middle, light),
        contact=Map(_faded(np.clip(core, 0, 1)), origin, step),
        ambient=_ambient(slices, 2 * radius, middle, height),
        far=middle + radius,
    )


def _body_slice(body: Silhouette, y: float) -> Slice:
    return lambda x, z: body.slice_at(y, x, z)


def _moved(piece: Slice, dx: float, dz: float) -> Slice:
    return lambda x, z: piece(x - dx, z - dz)


def _grid(
    left: float, right: float, middle: float, reach: float, count: int = GRID
) -> tuple[np.ndarray, np.ndarray, float, tuple[float, float]]:
    """(1, n) x and (m, 1) z of a square grid over the rectangle, its step and its origin."""
    step = max(right - left, 2 * reach) / count
    x = np.arange(left, right + step, step, dtype=np.float32)[None, :]
    z = np.arange(middle - reach, middle + reach + step, step, dtype=np.float32)[:, None]
    return x, z, step, (float(x[0, 0]), float(z[0, 0]))


def _faded(values: np.ndarray) -> np.ndarray:
    """``values`` brought to 0 towards the grid's edges, past which they count as 0."""
    rows, columns = (
        np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / 12, 0, 1) for n in values.shape
    )
    return (values * rows[:, None] * columns[None, :]).astype(np.float32)


def _cast(
    slices: Sequence[tuple[float, Slice]], half_width: float, middle: float, light: Light
) -> Map:
    """Slices from the top down: what is gathered is blurred on, then joined by the next."""
    run_x, run_z = light.run
    top = slices[0][0]
    soft = light.size * 0.6
    margin = 3 * soft * top + 0.15 * half_width
    left = -half_width + min(run_x * top, 0) - margin
    right = half_width + max(run_x * top, 0) + margin
    reach = half_width + abs(run_z) * top + margin
    x, z, step, origin = _grid(left, right, middle, reach)
    gathered = np.zeros((z.size, x.size), np.float32)
    pending, above = 0.0, top
    for y, piece in slices:
        pending += (soft / step) ** 2 * (above**2 - y**2)
        above = y
        if pending > 0.3:
            gathered = blur(gathered, float(np.sqrt(pending)))
            pending = 0.0
        np.maximum(gathered, _moved(piece, run_x * y, run_z * y)(x, z), out=gathered)
    return Map(_faded(blur(gathered, 0.7)), origin, step)


def _contact(body: Silhouette, width: float) -> Map:
    """Dark only where the lower hull touches: the base between its front and far rim."""
    x, z, step, origin = _grid(-0.9 * width, 0.9 * width, body.middle, 0.9 * width)
    known = np.isfinite(body.front)
    # A column beside a touching one doesn't touch: interpolation must not bridge them.
    near = np.interp(x[0], body.x, known.astype(float), left=0, right=0) > 0.5
    front, far = (
        np.interp(x[0], body.x, np.where(known, rim, 0.0))[None, :]
        for rim in (body.front, body.far)
    )
    reach = np.maximum(far, front + 1.5 * step)
    # An outline's lowest edge is round: what it touches reaches a little towards the viewer.
    base = np.clip((np.minimum(z - front + _LIP * width, reach - z)) / step + 0.5, 0, 1)
    base = np.where(near[None, :], base, 0).astype(np.float32)
    core = sum(
        amount * blur(base, spread * width / step)
        for amount, spread in ((0.6, 0.014), (0.5, 0.045), (0.5, 0.11))
    )
    return Map(_faded(np.clip(core, 0, 1) * np.float32(body.foot)), origin, step)


def _ambient(
    slices: Sequence[tuple[float, Slice]], width: float, middle: float, height: float
) -> Map:
    """Sky hidden by the body: low slices shade tightly, higher ones widely and weakly."""
    x, z, step, origin = _grid(-2.0 * width, 2.0 * width, middle, 2.0 * width, count=144)
    open_sky = np.ones((z.size, x.size), np.float32)
    for below, spread, amount in ((0.12, 0.05, 0.4), (0.5, 0.16, 0.5), (1.0, 0.4, 0.42)):
        joined = np.zeros_like(open_sky)
        for y, piece in slices:
            if y <= below * height:
                np.maximum(joined, piece(x, z), out=joined)
        open_sky *= 1 - amount * blur(joined, spread * width / step)
    return Map(_faded(1 - open_sky), origin, step)
