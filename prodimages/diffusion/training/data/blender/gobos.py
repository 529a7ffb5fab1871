"""Hangs a gobo's outlines across the light as shadow casters."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender import materials, objects
from prodimages.diffusion.training.data.gobos import foliage, window


def hang(
    pattern: str, span: float, toward: Any, target: Any, away: float, rng: random.Random
) -> Any:
    """Puts the caster across the light that comes from ``toward``, ``away`` from ``target``."""
    vertices, faces = (window if pattern == "window" else foliage)(span, rng)
    made = objects.mesh("gobo", vertices, faces, materials.emission((0, 0, 0), 0.0, "gobo"))
    made.location = tuple(t + away * d for t, d in zip(target, toward, strict=True))
    made.rotation_euler = objects.facing(toward)
    return objects.shadow_only(made)
