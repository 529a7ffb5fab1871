"""A standing person in a T-shirt and trousers, for try-ons: hips, wrists and arms before the body.

Plain solids with soft joints: enough for outlines, occlusion and shading; no portrait.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

T = TypeVar("T")
Vector = tuple[float, float, float]
Color = tuple[float, float, float]

SKIN: Color = (0.52, 0.29, 0.19)
HAIR: Color = (0.045, 0.026, 0.018)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """What a figure looks like; lengths in cm, colors linear RGB."""

    elbow: Vector = (25.5, 108.0, -1.0)
    """Of the arm at x > 0; the other one mirrors it unless ``other`` says more."""
    wrist: Vector = (29.0, 84.0, 3.0)
    other: tuple[Vector, Vector] | None = None
    """Elbow and wrist of the other arm, x < 0."""
    skin: Color = SKIN
    hair: Color = HAIR
    long_hair: bool = False
    top: Color = (0.30, 0.33, 0.36)
    stripes: bool = False
    sleeve: float = 0.62
    """How much of the upper arm the sleeve covers; over 1 it goes on along the lower arm."""
    looseness: float = 1.0
    """Centimetres between body and cloth."""
    wall: Color = (0.62, 0.63, 0.64)
    is_turned: bool = False
    """Seen from behind."""

    def arms(self) -> tuple[tuple[Vector, Vector, Vector], ...]:
        mirrored = tuple((-x, y, z) for x, y, z in (self.elbow, self.wrist))
        elbow, wrist = self.other or mirrored
        return ((SHOULDER, self.elbow, self.wrist), (_mirror(SHOULDER), elbow, wrist))


SHOULDER: Vector = (17.4, 137.5, -1.0)
HEIGHT = 172.0


def _mirror(point: Vector) -> Vector:
    return (-point[0], point[1], point[2])


def _capsule(
    x: Array, y: Array, z: Array, start: Vector, end: Vector, first: float, last: float
) -> Array:
    """A round cone with radius ``first`` at ``start`` and ``last`` at ``end`` (bound)."""
    ax, ay, az = (np.float32(v) for v in start)
    bx, by, bz = (np.float32(e - s) for s, e in zip(start, end, strict=True))
    along = ((x - ax) * bx + (y - ay) * by + (z - az) * bz) / (bx * bx + by * by + bz * bz)
    along = np.clip(along, 0, 1)
    distance = sdf.length(x - ax - bx * along, y - ay - by * along, z - az - bz * along)
    return distance - np.float32(first) - np.float32(last - first) * along


def _ellipsoid(x: Array, y: Array, z: Array, center: Vector, radii: Vector) -> Array:
    """Bound."""
    px, py, pz = (v - np.float32(c) for v, c in zip((x, y, z), center, strict=True))
    k0 = sdf.length(*(p / np.float32(r) for p, r in zip((px, py, pz), radii, strict=True)))
    k1 = sdf.length(*(p / np.float32(r * r) for p, r in zip((px, py, pz), radii, strict=True)))
    return k0 * (k0 - 1) / np.maximum(k1, np.float32(1e-6))


_TORSO = sdf.Profile(
    [(88, 15.6), (96, 16.4), (106, 13.9), (114, 13.6), (124, 15.4), (132, 16.2), (139, 13.2),
     (143, 8.0), (146, 5.2)], blend=3
)  # fmt: skip


def _torso(x: Array, y: Array, z: Array, more: float = 0.0) -> Array:
    """The trunk: turned, and flattened from front to back."""
    wide = sdf.length(x, (z + np.float32(1.0)) * np.float32(1.42))
    body = _TORSO.solid(y, wide, 1.5, -more) * np.float32(0.75)
    across = _capsule(x, y, z, _mirror(SHOULDER), SHOULDER, 4.9 + more, 4.9 + more)
    return sdf.smooth_union(body, across, 5.0)


def _arm(x: Array, y: Array, z: Array, joints: tuple[Vector, Vector, Vector]) -> Array:
    shoulder, elbow, wrist = joints
    upper = _capsule(x, y, z, shoulder, elbow, 5.0, 3.9)
    lower = _capsule(x, y, z, elbow, wrist, 4.0, 2.6)
    return sdf.smooth_union(upper, lower, 2.0)


def _hand(x: Array, y: Array, z: Array, joints: tuple[Vector, Vector, Vector]) -> Array:
    _shoulder, elbow, wrist = joints
    way = np.subtract(wrist, elbow)
    way = way / np.linalg.norm(way)
    palm = tuple(np.add(wrist, way * 8.0))
    tips = tuple(np.add(wrist, way * 15.5))
    return sdf.smooth_union(
        _capsule(x, y, z, wrist, palm, 2.6, 3.7), _capsule(x, y, z, palm, tips, 3.5, 1.4), 2.0
    )


def _head(x: Array, y: Array, z: Array) -> Array:
    skull = _ellipsoid(x, y, z, (0, 160.5, 0.5), (7.6, 11.2, 9.2))
    jaw = _ellipsoid(x, y, z, (0, 153.5, 2.6), (5.6, 6.4, 6.2))
    head = sdf.smooth_union(skull, jaw, 3.0)
    nose = _capsule(x, y, z, (0, 160.0, 8.8), (0, 156.6, 10.6), 0.7, 1.3)
    ears = _ellipsoid(np.abs(x), y, z, (7.5, 159.0, 0.0), (1.0, 3.0, 1.8))
    head = sdf.smooth_union(sdf.smooth_union(head, nose, 1.0), ears, 0.6)
    neck = _capsule(x, y, z, (0, 140.0, -2.2), (0, 152.0, -0.6), 5.6, 5.2)
    return sdf.smooth_union(head, neck, 2.2)


def _hair(x: Array, y: Array, z: Array, *, long: bool) -> Array:
    cap = _ellipsoid(x, y, z, (0, 162.2, -0.6), (8.7, 11.6, 10.0))
    front = np.float32(159.5) + np.float32(0.9) * (z - 2) - np.float32(0.10) * x * x - y
    cap = np.maximum(cap, front)  # leaves the face free
    if not long:
        return cap * np.float32(0.7)
    lock = _capsule(np.abs(x), y, z, (7.4, 161.0, 0.4), (9.0, 132.0, 5.6), 2.6, 2.0)
    back = _ellipsoid(x, y, z, (0, 150.0, -6.0), (8.8, 17.0, 4.4))
    return sdf.smooth_union(cap, sdf.smooth_union(lock, back, 2.5), 1.5) * np.float32(0.7)


def _legs(x: Array, y: Array, z: Array) -> Array:
    leg = _capsule(np.abs(x), y, z, (9.2, 88.0, -1.0), (9.8, 6.0, -1.0), 9.4, 6.4)
    seat = _ellipsoid(x, y, z, (0, 92.0, -1.4), (17.6, 12.0, 11.8))
    return sdf.smooth_union(leg, seat, 3.0)


def _shoes(x: Array, y: Array, z: Array) -> Array:
    return _ellipsoid(np.abs(x), y, z, (10.2, 4.0, 4.0), (5.2, 4.2, 13.0))


def _plain(color: Color, roughness: float, sheen: float = 0.0, specular: float = 0.03):  # type: ignore[no-untyped-def]
    def surface(x: Array, y: Array, z: Array) -> Surface:
        grain = 1 + np.float32(0.03) * noise.fractal2(x * 0.5 + z, y * 0.5, 3, 3)
        return Surface(
            albedo=np.float32(color) * grain[:, None],
            roughness=roughness,
            specular=specular,
            sheen=sheen,
        )

    return surface


def _face(skin: Color):  # type: ignore[no-untyped-def]
    """Skin with eyes, brows and a mouth painted on."""

    def surface(x: Array, y: Array, z: Array) -> Surface:
        side = np.abs(x)
        front = z > 4
        eye = front & (((side - 3.1) / 1.5) ** 2 + ((y - 160.0) / 0.75) ** 2 < 1)
        iris = front & ((side - 3.1) ** 2 + (y - 160.0) ** 2 < 0.6)
        brow = front & (np.abs(side - 3.3) < 2.0) & (np.abs(y - 162.6 + 0.08 * side) < 0.42)
        mouth = front & ((x / 2.4) ** 2 + ((y - 152.3) / 0.75) ** 2 < 1)
        albedo = np.float32(skin) * (1 + 0.03 * noise.fractal2(x * 0.7 + z, y * 0.7, 3, 4))[:, None]
        albedo = np.where(mouth[:, None], np.float32((0.36, 0.10, 0.09)), albedo)
        albedo = np.where(eye[:, None], np.float32((0.75, 0.72, 0.70)), albedo)
        albedo = np.where((iris | brow)[:, None], np.float32((0.04, 0.025, 0.02)), albedo)
        return Surface(albedo=albedo.astype(np.float32), roughness=0.6, specular=0.03)

    return surface


def scene_of(figure: Figure) -> Scene:
    """The figure before a wall, seen from the front, or from behind, at the height of its chest."""
    arms = figure.arms()

    def skin(x: Array, y: Array, z: Array) -> Array:
        body = sdf.smooth_union(_head(x, y, z), _torso(x, y, z, -1.0), 2.5)
        for joints in arms:
            limb = sdf.smooth_union(_arm(x, y, z, joints), _hand(x, y, z, joints), 1.5)
            body = np.minimum(body, limb)
        return body

    def cloth(x: Array, y: Array, z: Array) -> Array:
        loose = np.float32(figure.looseness)
        wave = np.float32(0.35) * noise.noise2(x * 0.16, y * 0.09, 5)
        shirt = _torso(x, y, z, 0.9) - loose * (np.float32(0.5) + wave)
        shirt = np.maximum(shirt, np.float32(92.5) - y)
        for joints in arms:
            shirt = sdf.smooth_union(shirt, _sleeve(x, y, z, joints, figure), 2.0)
        collar = sdf.length(x, (y - np.float32(146.0)) * np.float32(0.85), z - 6) - np.float32(9.6)
        return sdf.smooth_intersection(shirt, -collar, 0.5)

    def jersey(x: Array, y: Array, z: Array) -> Surface:
        tone = 1 + np.float32(0.03) * noise.fractal2(x * 0.4 + z, y * 0.4, 3, 6)
        albedo = np.float32(figure.top) * tone[:, None]
        if figure.stripes:
            dark = (np.mod(y, 5.0) < 2.2)[:, None]
            albedo = np.where(dark, np.float32((0.03, 0.04, 0.08)), albedo)
        return Surface(albedo=albedo.astype(np.float32), roughness=0.95, specular=0.02, sheen=0.25)

    def folds(x: Array, y: Array, z: Array) -> Array:
        pull = noise.fractal2(x * 0.10 + y * 0.05, y * 0.035, 3, 7)
        return np.float32(1.1) * pull + np.float32(0.006) * noise.noise2(x * 9, y * 9, 8)

    scene = Scene(
        parts=[
            Part(distance=skin, surface=_face(figure.skin)),
            Part(
                distance=lambda x, y, z: _hair(x, y, z, long=figure.long_hair),
                surface=_plain(figure.hair, 0.5),
                relief=lambda x, y, z: np.float32(0.12) * noise.noise2(x * 5, y * 0.4, 9),
            ),
            Part(distance=cloth, surface=jersey, relief=folds),
            Part(distance=_legs, surface=_plain((0.035, 0.05, 0.10), 0.9, 0.2)),
            Part(distance=_shoes, surface=_plain((0.5, 0.49, 0.47), 0.6)),
        ],
        bounds=((-46.0, 0.0, -16.0), (46.0, HEIGHT + 3, 24.0)),
        width_cm=92.0,
        elevation=3.0,
        fill=0.94,
        light=(-34.0, 44.0),
        light_size=0.5,
        backdrop=Backdrop(table="concrete", wall=figure.wall, wall_distance=60.0),
        step=0.7,
    )
    return _turned(scene) if figure.is_turned else scene


def _turned(scene: Scene) -> Scene:
    """With its back to the camera; light and wall stay."""

    def around(field: Callable[[Array, Array, Array], T]) -> Callable[[Array, Array, Array], T]:
        return lambda x, y, z: field(-x, y, -z)

    parts = [
        dataclasses.replace(
            part,
            distance=around(part.distance),
            surface=around(part.surface),
            relief=None if part.relief is None else around(part.relief),
        )
        for part in scene.parts
    ]
    (left, low, back), (right, high, front) = scene.bounds
    return dataclasses.replace(
        scene, parts=parts, bounds=((-right, low, -front), (-left, high, -back))
    )


def _sleeve(
    x: Array, y: Array, z: Array, joints: tuple[Vector, Vector, Vector], figure: Figure
) -> Array:
    shoulder, elbow, wrist = joints
    more = 1.2 + figure.looseness * 0.6
    upper = min(figure.sleeve, 1.0)
    end = tuple(s + (e - s) * upper for s, e in zip(shoulder, elbow, strict=True))
    sleeve = _cut_end(
        _capsule(x, y, z, shoulder, elbow, 5.0 + more, 4.6 + more), x, y, z, shoulder, end
    )
    if figure.sleeve <= 1:
        return sleeve
    low = tuple(e + (w - e) * (figure.sleeve - 1) for e, w in zip(elbow, wrist, strict=True))
    sleeve = _capsule(x, y, z, shoulder, elbow, 5.0 + more, 4.2 + more)
    lower = _cut_end(_capsule(x, y, z, elbow, wrist, 4.3 + more, 2.8 + more), x, y, z, elbow, low)
    return sdf.smooth_union(sleeve, lower, 2.0)


def _cut_end(solid: Array, x: Array, y: Array, z: Array, start: Vector, end: Vector) -> Array:
    """``solid`` ends at the plane through ``end``, square to the way from ``start``."""
    way = np.subtract(end, start)
    way = way / math.sqrt(float(way @ way))
    beyond = sum(
        (v - np.float32(e)) * np.float32(w) for v, e, w in zip((x, y, z), end, way, strict=True)
    )
    return sdf.smooth_intersection(solid, beyond, 0.4)
