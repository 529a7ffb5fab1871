"""From a scene to its photo and the photo's ground truth."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.ndimage import gaussian_filter

from shop_integration.demo.rendering.backdrop import TABLE_BOUNCE, render_backdrop
from shop_integration.demo.rendering.camera import Camera, frame
from shop_integration.demo.rendering.develop import develop
from shop_integration.demo.rendering.light import Room, direction
from shop_integration.demo.rendering.raster import View, render_product
from shop_integration.demo.rendering.scene import Scene
from shop_integration.demo.rendering.vectors import Array

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


def camera_of(scene: Scene) -> Camera:
    return frame(
        scene.bounds,
        elevation=scene.elevation,
        azimuth=-scene.turn,
        field_of_view=scene.field_of_view,
        fill=scene.fill,
    )


def photograph(scene: Scene, size: int, seed: int) -> RenderedProduct:
    camera = camera_of(scene)
    right = camera.axes[0]
    room = Room(
        key=direction(*scene.light, -scene.turn),
        size=scene.light_size,
        front=(-float(right[2]), 0.0, float(right[0])),
        table=TABLE_BOUNCE[scene.backdrop.table],
    )
    view = View(scene, room, camera, size)
    product, alpha = render_product(view)
    backdrop = render_backdrop(view)
    linear = product + backdrop * (1 - alpha[..., None])
    linear = gaussian_filter(linear, (FOCUS_BLUR, FOCUS_BLUR, 0))
    alpha = np.clip(gaussian_filter(alpha, FOCUS_BLUR), 0, 1)
    return RenderedProduct(
        rgb=develop(linear, scene, seed),
        alpha=alpha,
        elevation=scene.elevation,
        width_cm=scene.width_cm,
        light=direction(*scene.light, 0.0),
    )
