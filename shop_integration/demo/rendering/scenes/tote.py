"""A canvas tote bag, filled and standing, with two handles and a printed sprig."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.field import Table
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

HALF, TOP, STRAP_X, STRAP = 18.5, 38.0, 6.6, 1.3
RISE = 21.0


def _bulge(x: Array, y: Array) -> Array:
    """Half the bag's depth: full below, flat at the mouth, dented here and there."""
    along = np.clip(1 - (x / np.float32(HALF + 0.5)) ** 4, 0, 1)
    belly = 1.3 + 3.6 * (1 - noise.smoothstep(6.0, 38.0, y)) * along
    dents = 0.55 * noise.noise2(x * 0.13 + 3, y * 0.10, 1) + 0.25 * noise.noise2(
        x * 0.33 + y * 0.12, y * 0.21, 2
    )
    return belly + dents * (0.3 + along)


def _cut(x: Array, y: Array) -> Array:
    sway = 0.35 * noise.noise2(y * 0.13, y * 0 + 0.5, 3)
    return sdf.box2(x + sway, y - np.float32(TOP / 2), HALF, TOP / 2, 0.8)


DEPTH = Table(_bulge, (-24, -4), (24, 64), 0.2)
CUT = Table(_cut, (-24, -4), (24, 64), 0.15)


def _body(x: Array, y: Array, z: Array) -> Array:
    flat, depth = CUT(x, y), DEPTH(x, y)
    outer = sdf.smooth_intersection(flat, np.abs(z) - depth, 1.6)
    sides = sdf.smooth_intersection(np.abs(x) - np.float32(HALF), np.abs(z) - depth, 1.6)
    hollow = np.maximum(sides + np.float32(0.6), np.float32(3.0) - y)
    return np.maximum(outer, -hollow)


def _handle(x: Array, y: Array, z: Array, side: float) -> Array:
    """One strap: an arch above the mouth, its ends sewn on the outside."""
    lean = np.clip(y - TOP, 0, RISE) * np.float32(0.02 if side > 0 else -0.09)
    shift = x - np.float32(0.5 if side > 0 else -0.9) * np.clip(y - TOP, 0, RISE) / RISE
    rise = RISE if side > 0 else RISE - 1.2
    arch = sdf.ellipse2(shift, y - np.float32(TOP), STRAP_X, rise)
    ring = np.where(y > TOP, arch, np.abs(x) - np.float32(STRAP_X))
    wall = DEPTH(x, np.minimum(y, np.float32(TOP)))
    across = z * np.float32(side) - wall - np.float32(0.12) - lean
    band = sdf.box2(ring, across, STRAP, 0.15, 0.10)
    return np.maximum(band, np.float32(TOP - 6.0) - y)


def _front(x: Array, y: Array, z: Array) -> Array:
    return _handle(x, y, z, 1.0)


def _rear(x: Array, y: Array, z: Array) -> Array:
    return _handle(x, y, z, -1.0)


def _yarn(x: Array, y: Array) -> Array:
    return 0.5 * noise.noise2(x * 13, y * 1.1, 4) + 0.5 * noise.noise2(x * 1.1, y * 13, 5)


def _print(x: Array, y: Array) -> Array:
    """Signed distance of the print: a bent stem with leaves on either side."""
    y = y - np.float32(16.5)
    x = x - np.float32(0.035) * (y - 2) ** 2 * 0.5 + np.float32(0.4)
    ink = sdf.box2(x, y, 0.13, 8.2, 0.1)
    for number in range(9):
        side = -1.0 if number % 2 else 1.0
        angle = np.radians(34 + 1.5 * number) * side
        size = 2.5 - 0.14 * number
        dx, dy = x, y + np.float32(5.2 - 1.62 * number)
        along = dx * np.float32(np.sin(angle)) + dy * np.float32(np.cos(angle)) - np.float32(size)
        over = dx * np.float32(np.cos(angle)) - dy * np.float32(np.sin(angle))
        leaf = np.abs(over) - np.float32(0.36 * size) * (1 - (along / np.float32(size)) ** 2)
        leaf = np.maximum(leaf, 0.05 - np.abs(over))  # the vein stays bare
        ink = np.minimum(ink, np.maximum(leaf, np.abs(along) - np.float32(size)))
    return ink


SPRIG = Table(_print, (-9, 4), (9, 29), 0.03)


def _canvas(x: Array, y: Array, z: Array) -> Surface:
    yarn = _yarn(x, y)
    slub = noise.specks(x, y * 0.4, z, 0.16, 0.06, 6)
    albedo = np.float32([0.645, 0.575, 0.455]) * (1 + 0.055 * yarn - 0.10 * slub)[:, None]
    worn = 0.88 + 0.12 * np.clip(yarn + 0.6, 0, 1)
    ink = (1 - noise.smoothstep(-0.04, 0.05, SPRIG(x, y))) * worn * (z > 0)
    albedo = albedo * (1 - ink)[:, None] + np.float32([0.035, 0.085, 0.055]) * ink[:, None]
    seam = (np.abs(y - (TOP - 2.6)) < 0.06) & (np.sin(x * 14) > -0.4)
    return Surface(albedo=np.where(seam[:, None], albedo * 0.72, albedo), roughness=0.95, sheen=0.2)


def _folds(x: Array, y: Array, z: Array) -> Array:
    hem = 0.10 * noise.smoothstep(TOP - 2.95, TOP - 2.75, y)
    crumple = 0.17 * noise.fractal2(x * 0.16 + y * 0.05, y * 0.12, 3, 7)
    thread = 0.010 * _yarn(x, y) * noise.smoothstep(0.4, 1.6, y)  # the bottom faces down
    return (thread + hem + crumple).astype(np.float32)


def _twill(x: Array, y: Array) -> Array:
    """Diagonal ribs, a little uneven."""
    return 0.7 * np.sin(x * 16 + y * 16) + 0.5 * noise.noise2(x * 5, y * 5, 8)


def _webbing(x: Array, y: Array, z: Array) -> Surface:
    albedo = np.float32([0.60, 0.53, 0.415]) * (1 + 0.05 * _twill(x, y))[:, None]
    u, v = np.abs(x) - STRAP_X, y - np.float32(TOP - 4.2)
    frame = np.abs(np.maximum(np.abs(u) - 0.95, np.abs(v) - 1.4)) < 0.07
    cross = (np.abs(np.abs(u) / 0.95 - np.abs(v) / 1.4) < 0.07) & (np.abs(v) < 1.4)
    sewn = (frame | cross) & (np.abs(u) < 1.1)
    return Surface(albedo=np.where(sewn[:, None], albedo * 0.62, albedo), roughness=0.95, sheen=0.2)


def _ribs(x: Array, y: Array, z: Array) -> Array:
    return 0.008 * _twill(x, y)


SCENE = Scene(
    parts=[
        Part(distance=_body, surface=_canvas, relief=_folds),
        Part(distance=_front, surface=_webbing, relief=_ribs),
        Part(distance=_rear, surface=_webbing, relief=_ribs),
    ],
    bounds=((-19.2, 0.0, -6.3), (19.2, 60.8, 6.3)),
    width_cm=36.3,
    elevation=6.0,
    turn=14.0,
    fill=0.80,
    light=(-56.0, 38.0),
    backdrop=Backdrop(table="painted", wall=(0.56, 0.60, 0.63), wall_distance=50),
    step=0.7,
)
