"""Scenes without a horizon: a surface from above, a wall or paper from the front."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.atmosphere import pool
from prodimages.engines.studio.ground import product_shade
from prodimages.engines.studio.materials import Material, surface_material, wall_material
from prodimages.engines.studio.materials.scatter import strewn
from prodimages.engines.studio.pattern import Pattern
from prodimages.engines.studio.planes import Rays, Shading, shade
from prodimages.engines.studio.shot import Shot


def render(shot: Shot) -> np.ndarray:
    """(H, W, 3) linear light of the plane that carries the product, or is behind it."""
    shadow = product_shade(shot)
    brightness = pool(shot, depth=0.3 if not shot.scene.seamless else shot.scene.gradient)
    lamp, sky = shadow.lamp * brightness, shadow.sky * brightness
    across, along = _rays(shot)(shot.rows)
    if pattern := Pattern.of(shot):
        x = across[:, None] * shot.columns[None, :]
        lamp = lamp * pattern.transmission(x, np.array(0.0), along[:, None])
    return shade(
        _material(shot), _rays(shot), shot.rows, shot.columns, shot.light, Shading(lamp, sky)
    )


def _rays(shot: Shot) -> Rays:
    if shot.stage.kind != "overhead":
        return lambda rows: shot.camera.upright(rows, 0.0)
    return shot.camera.floor


def _material(shot: Shot) -> Material:
    scene = shot.scene
    if scene.seamless:
        return surface_material("paper", scene.color, shot.rng(2))
    if shot.stage.kind == "wall":
        return wall_material(scene.wall, scene.color, shot.rng(1))
    return strewn(surface_material(scene.surface, scene.accent, shot.rng(2)), shot)
