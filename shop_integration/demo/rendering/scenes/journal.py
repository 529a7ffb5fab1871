"""A leather journal with an elastic band and a ribbon, lying on a table."""

from __future__ import annotations

import numpy as np

from shop_integration.demo.rendering import noise, sdf
from shop_integration.demo.rendering.scene import Backdrop, Part, Scene, Surface
from shop_integration.demo.rendering.vectors import Array

HALF_X, HALF_Z, THICK, COVER = 7.3, 10.6, 2.1, 0.13
BAND = 5.3


def _cover(x: Array, y: Array, z: Array) -> Array:
    """Two boards and the round spine that joins them on the left."""
    outline = sdf.box2(x, z, HALF_X, HALF_Z, 0.7)
    lower = sdf.extrude(outline, y - np.float32(COVER), COVER, 0.09)
    upper = sdf.extrude(outline, y - np.float32(THICK - COVER), COVER, 0.09)
    across = sdf.box2(
        x + np.float32(HALF_X - 0.5), y - np.float32(THICK / 2), 0.62, THICK / 2, 0.55
    )
    spine = sdf.extrude(np.abs(across + 0.13) - 0.13, z, HALF_Z - 0.25, 0.08)
    spine = np.maximum(spine, x + np.float32(HALF_X - 0.55))
    return np.minimum(np.minimum(lower, upper), spine)


def _pages(x: Array, y: Array, z: Array) -> Array:
    half = (HALF_X - 0.45, THICK / 2 - 2 * COVER + 0.01, HALF_Z - 0.35)
    return sdf.box(x + np.float32(0.12), y - np.float32(THICK / 2), z, half, 0.06)


def _band(x: Array, y: Array, z: Array) -> Array:
    """A flat elastic around the whole book."""
    loop = sdf.box2(z, y - np.float32(THICK / 2), HALF_Z + 0.07, THICK / 2 + 0.07, 0.2)
    return sdf.box2(loop, x - np.float32(BAND), 0.07, 0.35, 0.05)


def _ribbon(x: Array, y: Array, z: Array) -> Array:
    """Hangs out at the foot and drops to the table."""
    out = z - np.float32(HALF_Z)
    sway = 0.45 * np.sin(np.clip(out, 0, 4) * 0.9)
    height = 0.06 + 0.95 * (1 - noise.smoothstep(-0.2, 1.8, out))
    strip = sdf.box2(x + np.float32(1.6) - sway, y - height, 0.33, 0.05, 0.03)
    notch = 0.35 * np.abs(x + np.float32(1.6) - sway) / 0.33
    return np.maximum(strip * 0.75, np.maximum(out - 3.0 - notch, -out - 0.8))


def _leather(x: Array, y: Array, z: Array) -> Surface:
    cloud = noise.fractal3(x * 0.22, y * 0.5, z * 0.22, 4, 1)
    first, second = noise.cells2(x * 5.5, z * 5.5, 2)
    albedo = np.float32([0.30, 0.125, 0.050]) * (1 + 0.30 * cloud)[:, None]
    crease = 1 - noise.smoothstep(0.0, 0.16, second - first)
    albedo = albedo * (1 - 0.28 * crease * (y > THICK - 0.1))[:, None]
    border = np.abs(sdf.box2(x, z, HALF_X - 0.55, HALF_Z - 0.55, 0.45))
    top = y > THICK - 0.2
    stitch = (border < 0.055) & (np.sin((x + z) * 11.0) > -0.35) & top & (x > -HALF_X + 1.3)
    albedo = np.where(stitch[:, None], np.float32([0.62, 0.47, 0.28]), albedo)
    worn = np.clip(1 - np.abs(sdf.box2(x, z, HALF_X, HALF_Z, 0.7)) / 0.16, 0, 1) * top
    albedo = albedo * (1 + 0.35 * worn)[:, None]
    roughness = 0.42 + 0.10 * crease + 0.08 * cloud
    return Surface(albedo=albedo, roughness=roughness.astype(np.float32), specular=0.045)


def _grain(x: Array, y: Array, z: Array) -> Array:
    first, second = noise.cells2(x * 5.5, z * 5.5, 2)
    pebble = 0.012 * noise.smoothstep(0.0, 0.35, second - first)
    groove = np.abs(x + np.float32(HALF_X - 1.15))
    border = np.abs(sdf.box2(x, z, HALF_X - 0.55, HALF_Z - 0.55, 0.45))
    pressed = 0.06 * np.exp(-((groove / 0.16) ** 2)) + 0.02 * np.exp(-((border / 0.09) ** 2))
    top = noise.smoothstep(THICK - 0.16, THICK - 0.04, y)  # edges are skived smooth
    return ((pebble - pressed) * top).astype(np.float32)


def _paper(x: Array, y: Array, z: Array) -> Surface:
    sheets = noise.noise2(y * 26, x * 0.1 + z * 0.1, 3)
    return Surface(
        albedo=np.float32([0.72, 0.66, 0.54]) * (1 + 0.16 * sheets)[:, None], roughness=0.9
    )


def _elastic(x: Array, y: Array, z: Array) -> Surface:
    rib = 0.5 + 0.5 * np.sin((x - BAND) * 70)
    albedo = np.float32([0.035, 0.030, 0.028]) * (1 + 0.5 * rib)[:, None]
    return Surface(albedo=albedo, roughness=0.8, sheen=0.4)


def _satin(x: Array, y: Array, z: Array) -> Surface:
    albedo = np.float32([0.33, 0.035, 0.035]) * (1 + 0.08 * noise.noise2(x * 30, z * 2, 4))[:, None]
    return Surface(albedo=albedo, roughness=0.4, sheen=0.3)


SCENE = Scene(
    parts=[
        Part(distance=_cover, surface=_leather, relief=_grain),
        Part(distance=_pages, surface=_paper),
        Part(distance=_band, surface=_elastic),
        Part(distance=_ribbon, surface=_satin),
    ],
    bounds=((-7.45, 0.0, -10.75), (7.45, 2.2, 13.9)),
    width_cm=21.4,
    elevation=47.0,
    turn=24.0,
    fill=0.74,
    light=(-62.0, 36.0),
    backdrop=Backdrop(table="linen"),
    samples=2,
)
