"""A sheet of seamless paper with a curved fold, with or without a podium."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.atmosphere import pool
from prodimages.engines.studio.color import linear
from prodimages.engines.studio.ground import Shade, floor_shade, product_shade
from prodimages.engines.studio.materials.base import smoothstep
from prodimages.engines.studio.pattern import Pattern
from prodimages.engines.studio.podium import Podium
from prodimages.engines.studio.reflection import mirrored_product
from prodimages.engines.studio.shadow import disc_shadow
from prodimages.engines.studio.shot import Shot


def render(shot: Shot) -> np.ndarray:
    """(H, W, 3) linear light of the scene without the product."""
    if not shot.scene.podium:
        sheet = _sheet(shot, product_shade(shot), level=0.0)
        return mirrored_product(shot, sheet, 0) if shot.scene.reflection else sheet
    podium = Podium.under(shot)
    shadow = disc_shadow(podium.radius, podium.height, podium.middle, shot.light)
    behind = _sheet(shot, floor_shade(shot, shadow, -podium.height), level=-podium.height)
    return podium.over(behind, shot, product_shade(shot))


def _sheet(shot: Shot, shadow: Shade, level: float) -> np.ndarray:
    """The paper: floor, fold and backdrop are told apart by light alone."""
    scene, light = shot.scene, shot.light
    fold = 1.3 * shot.span
    row = shot.camera.project(0.0, level, fold)[1]
    reach = 0.20 * shot.height
    upright = smoothstep(0, 1, (row + 0.35 * reach - shot.rows) / reach).astype(np.float32)
    # The fold turns from the lamp's height towards the camera: first a little darker.
    dip = 1 - 0.07 * np.exp(-(((shot.rows - row) / (0.55 * reach)) ** 2))
    turned = ((1 - 0.09 * upright) * dip).astype(np.float32)[:, None]
    fade = upright[:, None]
    lamp = shadow.lamp + (1 - shadow.lamp) * fade
    sky = shadow.sky + (1 - shadow.sky) * fade
    if pattern := Pattern.of(shot):
        lamp = lamp * _through(pattern, shot, level, fold)
    brightness = pool(shot, depth=scene.gradient, reach=0.95) * turned
    out = (lamp * brightness)[..., None] * light.key
    out += (sky * brightness)[..., None] * light.fill
    out *= linear(scene.color)
    return out


def _through(pattern: Pattern, shot: Shot, level: float, fold: float) -> np.ndarray:
    """(H, W) share of the lamp's light on the floor up to the fold, and on the backdrop."""
    across, z = shot.camera.floor(shot.rows, level)
    standing, up = shot.camera.upright(shot.rows, fold)
    on_floor = np.isfinite(z) & (z < fold)
    scale = np.where(on_floor, across, standing)
    x = scale[:, None] * shot.columns[None, :]
    y = np.where(on_floor, level, np.maximum(up, level))[:, None]
    return pattern.transmission(x, y, np.where(on_floor, z, fold)[:, None])
