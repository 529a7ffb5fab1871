"""From a scene to a photo: rays, anti-aliasing, backdrop, and a plain camera's faults."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter, maximum_filter, minimum_filter

from shop_integration.demo.rendering.backdrop import TABLE_BOUNCE, render_backdrop
from shop_integration.demo.rendering.camera import Camera, frame
from shop_integration.demo.rendering.light import Room, direction
from shop_integration.demo.rendering.scene import Scene
from shop_integration.demo.rendering.shade import shade
from shop_integration.demo.rendering.trace import first_hit

Array = np.ndarray

CHUNK = 1 << 16
"""Rays worked on at once: few calls, and arrays that still fit the processor's cache."""
OUTLINE_SIDE, CREASE_SIDE = 4, 2
"""Rays along the side of a pixel on the product's outline, and on an edge inside it."""
FOCUS_BLUR = 0.55
"""Standard deviation of the lens' blur in pixels; photo and alpha share it."""


@dataclasses.dataclass(frozen=True)
class RenderedProduct:
    """A demo photo with its ground truth."""

    rgb: Array
    """(size, size, 3) uint8 sRGB: the product on its table."""
    alpha: Array
    """(size, size) float32 in 0..1: the product's true coverage."""
    elevation: float
    """Camera elevation in degrees."""
    width_cm: float
    light: tuple[float, float, float]
    """Unit vector to the window: x to the picture's right, y up, z to the viewer's side."""


def photograph(scene: Scene, size: int, seed: int) -> RenderedProduct:
    camera = frame(
        scene.bounds,
        elevation=scene.elevation,
        azimuth=-scene.turn,
        field_of_view=scene.field_of_view,
        fill=scene.fill,
    )
    right = camera.axes[0]
    room = Room(
        key=direction(*scene.light, -scene.turn),
        size=scene.light_size,
        front=(-float(right[2]), 0.0, float(right[0])),
        table=TABLE_BOUNCE[scene.backdrop.table],
    )
    product, alpha = _render_product(scene, room, camera, size)
    backdrop = render_backdrop(scene, room, camera, size)
    linear = product + backdrop * (1 - alpha[..., None])
    linear = gaussian_filter(linear, (FOCUS_BLUR, FOCUS_BLUR, 0))
    alpha = np.clip(gaussian_filter(alpha, FOCUS_BLUR), 0, 1)
    return RenderedProduct(
        rgb=_develop(linear, scene, seed),
        alpha=alpha,
        elevation=scene.elevation,
        width_cm=scene.width_cm,
        light=direction(*scene.light, 0.0),
    )


def _render_product(scene: Scene, room: Room, camera: Camera, size: int) -> tuple[Array, Array]:
    """Premultiplied linear color (size, size, 3) and coverage (size, size)."""
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    columns, rows = columns.ravel(), rows.ravel()
    features = _trace(scene, room, camera, size, columns, rows, scene.samples)
    features = features.reshape(size, size, -1)
    color, alpha = features[..., :3], features[..., 3]
    outline = _outline(alpha)
    crease = _creases(color, features[..., 4:7], features[..., 7]) & ~outline
    flat = features.reshape(-1, features.shape[-1])
    for where, side in ((outline, OUTLINE_SIDE), (crease, max(CREASE_SIDE, scene.samples))):
        edge = np.flatnonzero(where)
        if edge.size:
            flat[edge] = _trace(scene, room, camera, size, columns[edge], rows[edge], side)
    return np.ascontiguousarray(color), np.ascontiguousarray(alpha)


def _jump(values: Array) -> Array:
    return maximum_filter(values, 3) - minimum_filter(values, 3)


def _outline(alpha: Array) -> Array:
    return binary_dilation(_jump(alpha) > 0)


def _creases(color: Array, normal: Array, part: Array) -> Array:
    """Pixels inside the product where one ray can't speak for the whole."""
    bend = np.max([_jump(normal[..., axis]) for axis in range(3)], axis=0) > 0.35
    contrast = _jump(np.sqrt(np.maximum(color.mean(axis=2), 0))) > 0.14
    return bend | contrast | (_jump(part) > 0)


def _trace(
    scene: Scene, room: Room, camera: Camera, size: int, columns: Array, rows: Array, side: int
) -> Array:
    """(N, 8): premultiplied color, coverage, normal and part, mean of ``side``² rays a pixel."""
    pixels = max(CHUNK // side**2, 1)
    chunks = [slice(start, start + pixels) for start in range(0, len(columns), pixels)]

    def work(chunk: slice) -> Array:
        offsets = (np.arange(side, dtype=np.float32) + 0.5) / side
        x = columns[chunk, None] + np.tile(offsets, side)
        y = rows[chunk, None] + np.repeat(offsets, side)
        u, v = x / np.float32(size) * 2 - 1, 1 - y / np.float32(size) * 2
        found = _rays_color(scene, room, camera, u.ravel(), v.ravel())
        return found.reshape(-1, side**2, 8).mean(axis=1)

    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(work, chunks)))


def _rays_color(scene: Scene, room: Room, camera: Camera, u: Array, v: Array) -> Array:
    rays = camera.rays(u.astype(np.float32), v.astype(np.float32))
    way = (rays.x, rays.y, rays.z)
    found = np.zeros((len(u), 8), np.float32)
    t = first_hit(scene, tuple(np.float32(c) for c in rays.origin), way)
    hit = np.flatnonzero(np.isfinite(t))
    if hit.size:
        point = tuple(p[hit] for p in rays.at(np.where(np.isfinite(t), t, 0)))
        color, normal, part = shade(scene, room, point, tuple(d[hit] for d in way))
        found[hit, :3], found[hit, 3] = color, 1
        found[hit, 4:7], found[hit, 7] = normal, part + 1
    return found


def _develop(linear: Array, scene: Scene, seed: int) -> Array:
    """Exposure, white balance error, vignette, a soft shoulder, sRGB, sensor noise."""
    height, width = linear.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    vignette = 1 - 0.07 * (x * x + y * y)
    tint = np.float32([1 + 0.06 * scene.warmth, 1, 1 - 0.09 * scene.warmth])
    exposed = linear * (vignette * np.float32(scene.exposure))[..., None] * tint
    knee = np.float32(0.72)
    over = np.maximum(exposed - knee, 0)
    exposed = np.minimum(exposed, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    exposed = np.clip(exposed, 0, 1)
    encoded = np.where(
        exposed <= 0.0031308, exposed * 12.92, 1.055 * exposed ** np.float32(1 / 2.4) - 0.055
    )
    grain = np.random.default_rng(seed).standard_normal(encoded.shape, np.float32)
    grain = gaussian_filter(grain, (0.6, 0.6, 0)) * np.float32(0.010)
    return (np.clip(encoded + grain, 0, 1) * 255 + 0.5).astype(np.uint8)
