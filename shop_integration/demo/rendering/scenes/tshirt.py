"""A striped T-shirt, laid flat and photographed from above."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.field import Table
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

RIGHT_HALF = [
    (9.2, 33.6), (22.0, 30.2), (27.0, 26.0), (38.2, 12.2), (30.2, 6.2), (25.6, 12.6),
    (25.0, 2.0), (25.2, -18.0), (26.2, -34.4), (13.0, -35.3),
]  # fmt: skip
OUTLINE = [*RIGHT_HALF, (0.0, -35.6), *[(-x, y) for x, y in reversed(RIGHT_HALF)]]
SEAM = ((22.6, 30.0), (25.4, 12.2))
"""Where the right sleeve is sewn on, from shoulder to armpit."""


def _warp(x: Array, up: Array) -> tuple[Array, Array]:
    """Cloth never lies quite straight."""
    dx = 0.5 * noise.noise2(up * 0.07 + 3, x * 0.03, 1) + 0.16 * noise.noise2(up * 0.3, x * 0.3, 2)
    dy = 0.4 * noise.noise2(x * 0.07 + 9, up * 0.03, 3) + 0.12 * noise.noise2(x * 0.3, up * 0.3, 4)
    return x + dx, up + dy


def _neck(x: Array, up: Array, drop: float) -> Array:
    """Signed distance to the neck opening that falls ``drop`` cm below the shoulders."""
    return sdf.ellipse2(x, up - np.float32(34.6), 9.4, drop)


def _outline(x: Array, up: Array) -> Array:
    x, up = _warp(x, up)
    return sdf.polygon(x, up, OUTLINE) - np.float32(0.5)


def _height(x: Array, up: Array) -> Array:
    """Half the thickness of the cloth's two layers with air between them."""
    return 0.42 + 0.22 * noise.fractal2(x * 0.09 + 5, up * 0.06, 3, 5)


def _front_cut(x: Array, up: Array) -> Array:
    return sdf.smooth_intersection(_outline(x, up), -_neck(x, up, 9.6), 0.5)


def _back_cut(x: Array, up: Array) -> Array:
    """Only the strip that the front's neck opening leaves to be seen."""
    flat = sdf.smooth_intersection(_outline(x, up), -_neck(x, up, 3.0), 0.4)
    return np.maximum(flat, np.maximum(np.abs(x) - np.float32(13), np.float32(20) - up))


FRONT = Table(_front_cut, (-44, -42), (44, 42), 0.12)
BACK = Table(_back_cut, (-44, -42), (44, 42), 0.12)
HEIGHT = Table(_height, (-44, -42), (44, 42), 0.25)


def _front(x: Array, y: Array, z: Array) -> Array:
    half = HEIGHT(x, -z)
    return sdf.smooth_intersection(FRONT(x, -z), np.abs(y - half) - half, 0.5)


def _back(x: Array, y: Array, z: Array) -> Array:
    return sdf.extrude(BACK(x, -z), y - np.float32(0.16), 0.16, 0.1)


def _label(x: Array, y: Array, z: Array) -> Array:
    return sdf.box(x, y - np.float32(0.34), z + np.float32(29.0), (1.7, 0.05, 1.1), 0.04)


def _sleeve(x: Array, up: Array) -> tuple[Array, Array]:
    """Distance beyond the sleeve's seam, and the coordinate along the sleeve."""
    (ax, ay), (bx, by) = SEAM
    nx, ny = (ay - by), (bx - ax)
    size = float(np.hypot(nx, ny))
    beyond = ((np.abs(x) - ax) * nx + (up - ay) * ny) / size
    along = (np.abs(x) - ax) * 0.62 - (up - ay) * 0.785
    return beyond.astype(np.float32), along.astype(np.float32)


def _knit(x: Array, up: Array) -> Array:
    return 0.5 * noise.noise2(x * 11, up * 4, 6) + 0.5 * noise.noise2(x * 3, up * 11, 7)


def _jersey(x: Array, y: Array, z: Array) -> Surface:
    x, up = _warp(x, -z)
    beyond, along = _sleeve(x, up)
    position = np.where(beyond > 0, along * 1.0 + 1.1, up + 0.6)
    phase = np.abs(position / 3.3 - np.round(position / 3.3)) * 3.3
    stripe = 1 - noise.smoothstep(0.50, 0.58, phase)
    edge = _neck(x, up, 9.6)
    collar = edge < 2.0
    yoke = (up > 29.5 - 0.12 * np.abs(x)) & (beyond <= 0)
    stripe = np.where(collar | yoke, 0, stripe)
    tone = 1 + 0.05 * _knit(x, up)
    white, navy = np.float32([0.70, 0.685, 0.65]), np.float32([0.022, 0.034, 0.085])
    albedo = white + (navy - white) * stripe[:, None]
    rib = 1 + 0.10 * np.sin(np.arctan2(up - 34.6, x) * 120) * collar
    hem = (
        (np.abs(up + 33.0) < 0.08)
        | (np.abs(up + 32.6) < 0.06)
        | ((np.abs(along - 19.6) < 0.08) & (beyond > 0))
    )
    seam = (np.abs(beyond) < 0.10) | (np.abs(edge - 2.0) < 0.10)
    albedo = albedo * (tone * rib * (1 - 0.22 * hem - 0.30 * seam))[:, None]
    return Surface(albedo=albedo, roughness=0.95, specular=0.03, sheen=0.35)


FOLDS = (
    ((-20, 6), (-3, -9), 2.6, 0.50),
    ((21, 4), (9, -14), 2.2, 0.55),
    ((-16, 26), (-9, 9), 3.0, 0.35),
    ((15, 25), (6, 12), 2.4, -0.35),
    ((-22, -14), (2, -24), 2.8, 0.45),
    ((24, -18), (8, -31), 2.2, 0.45),
    ((-12, -20), (-17, -34), 2.0, -0.40),
    ((30, 18), (26, 13), 1.4, 0.40),
    ((-31, 17), (-27, 11), 1.4, 0.40),
)
"""Start and end in cm, width and height of folds; negative ones are troughs."""


def _fold(
    x: Array, up: Array, start: tuple[float, float], end: tuple[float, float], width: float
) -> Array:
    """A soft ridge, steeper on one side, that rises and dies away along its length."""
    (ax, ay), (bx, by) = start, end
    size = float(np.hypot(bx - ax, by - ay))
    ux, uy = (bx - ax) / size, (by - ay) / size
    along = ((x - ax) * ux + (up - ay) * uy) / size
    across = (x - ax) * uy - (up - ay) * ux
    across = across + 1.6 * np.sin(along * 2.6 + ax)  # no fold is straight
    across = across / (width * np.where(across > 0, 1.0, 0.55))
    taper = noise.smoothstep(-0.25, 0.35, along) * (1 - noise.smoothstep(0.6, 1.25, along))
    return np.exp(-across * across) * taper


def _cloth(x: Array, up: Array) -> Array:
    """Height of folds, seams and collar over the cloth."""
    x, up = _warp(x, up)
    fan = np.arctan2(up - 10, 27 - np.abs(x))  # pulls that run out from the armpit
    distance = np.hypot(up - 10, 27 - np.abs(x))
    strength = noise.smoothstep(1, 7, distance) * np.exp(-distance / 10)
    # The two sides meet unseen, and so does the angle's jump behind the armpit.
    strength *= noise.smoothstep(3, 14, np.abs(x)) * (1 - noise.smoothstep(22, 26.5, np.abs(x)))
    pulls = 0.9 * strength * noise.noise2(fan * 3.2, distance * 0.04 + np.sign(x) * 5, 8)
    drape = 0.75 * noise.fractal2(x * 0.13 + up * 0.05, up * 0.04, 3, 9)
    for start, end, width, height in FOLDS:
        drape = drape + height * _fold(x, up, start, end, width)
    beyond, along = _sleeve(x, up)
    pressed = 0.10 * (
        np.exp(-((beyond / 0.22) ** 2)) + np.exp(-(((along - 19.6) / 0.2) ** 2)) * (beyond > 0)
    )
    pressed = pressed + 0.08 * np.exp(-(((up + 32.8) / 0.3) ** 2))
    collar = 0.10 * noise.smoothstep(2.15, 1.85, _neck(x, up, 9.6))
    return pulls + drape - pressed + collar


CREASES = Table(_cloth, (-44, -42), (44, 42), 0.08)


def _creases(x: Array, y: Array, z: Array) -> Array:
    return CREASES(x, -z) + np.float32(0.008) * _knit(x, -z)


def _inside(x: Array, y: Array, z: Array) -> Surface:
    band = _neck(x, -z, 3.0) < 1.7
    shade = np.where(band, 1.0, 0.86) * (1 + 0.05 * _knit(x, -z))
    return Surface(albedo=np.float32([0.66, 0.645, 0.61]) * shade[:, None], roughness=0.95)


def _tag(x: Array, y: Array, z: Array) -> Surface:
    line = (np.abs(z + 29.2) < 0.12) & (np.abs(x) < 1.0)
    line |= (np.abs(z + 28.6) < 0.06) & (np.abs(x) < 0.7)
    albedo = np.where(line[:, None], np.float32([0.6] * 3), np.float32([0.03, 0.04, 0.07]))
    return Surface(albedo=albedo, roughness=0.7)


SCENE = Scene(
    parts=[
        Part(distance=_front, surface=_jersey, relief=_creases),
        Part(distance=_back, surface=_inside),
        Part(distance=_label, surface=_tag),
    ],
    bounds=((-40.0, 0.0, -35.5), (40.0, 1.7, 37.5)),
    width_cm=77.0,
    elevation=90.0,
    fill=0.84,
    light=(-40.0, 38.0),
    backdrop=Backdrop(table="oak", wall_distance=500),
    step=0.7,
)
