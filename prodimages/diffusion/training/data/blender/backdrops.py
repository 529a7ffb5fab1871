"""What is far away and out of focus: a picture that shines, before which the scene stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import bpy
import numpy as np

from prodimages.diffusion.training.data.blender import materials, objects

if TYPE_CHECKING:
    from prodimages.diffusion.training.data.blender.stage import Stage

SIDE = 384


def distant(stage: Stage, y: float) -> float:
    """Hangs the picture of the scene's backdrop so that it fills the view at depth ``y``."""
    from prodimages.engines.studio.vistas import paint

    view, scene = stage.view, stage.scene
    rng = np.random.default_rng([scene.seed, 23])
    depth = (y - view.position[1]) * math.cos(view.elevation)
    wide = depth * stage.frame / view.distance * 1.5
    # The horizon is where the camera's own height meets the picture.
    axis = view.position[2] - (y - view.position[1]) * math.tan(view.elevation)
    middle = axis + view.shift[1] * wide / 1.5
    horizon = float(np.clip(0.5 - (view.position[2] - middle) / wide, 0.12, 0.75))
    light = paint(scene.wall or "garden", (SIDE, SIDE), rng, horizon * SIDE)
    light = np.clip(light * rng.uniform(0.85, 1.15), 0, 6)
    image = bpy.data.images.new("distant", SIDE, SIDE, float_buffer=True)
    image.colorspace_settings.name = "Linear Rec.709"
    flipped = np.ones((SIDE, SIDE, 4), np.float32)
    flipped[..., :3] = light[::-1]
    image.pixels.foreach_set(flipped.ravel())
    made = objects.plane("distant", wide, wide, materials.picture(image, 1.0, "wall"))
    objects.upright(made, y, middle, view.shift[0] * wide / 1.5)
    made.lightgroup = "glow"
    return y
