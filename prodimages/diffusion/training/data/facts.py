"""What is known of a rendered scene, and how its light is brought to a common scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from prodimages.diffusion.training.data.scenes import Scene


def calibrate(bare: dict[str, np.ndarray], scene: Scene) -> tuple[float, float]:
    """Gains for key and fill at which the surface receives the light that the scene wants.

    Irradiance (over pi) is light over albedo; of a pattern, what its lit parts receive.
    """
    role = 2 if scene.scene == "wall" else 1
    where = bare["ids"][..., role] > 0.9
    where[: len(where) // 3] &= scene.centered
    if where.sum() < 300:
        where = bare["ids"][..., 1:].max(-1) > 0.9
    albedo = np.maximum(bare["albedo"].mean(-1)[where], 0.02)
    key = np.percentile(bare["key"].mean(-1)[where] / albedo, 75)
    fill = np.percentile(bare["fill"].mean(-1)[where] / albedo, 60)
    return scene.key_share / max(float(key), 1e-3), (1 - scene.key_share) / max(float(fill), 1e-3)


def developed(light: np.ndarray) -> np.ndarray:
    """Linear light, 1 for a white card, -> sRGB uint8 with the studio's soft shoulder."""
    from prodimages.engines.studio.color import encode, roll_off

    return np.rint(255 * encode(roll_off(light))).astype(np.uint8)


def scene_facts(scene: Scene, toward: tuple[float, float, float], source: str) -> dict[str, Any]:
    """What captions and the trainer need to know of the scene as ``source`` rendered it."""
    x, y, z = toward
    elevation = math.radians(scene.elevation)
    c, s = math.cos(elevation), math.sin(elevation)
    seen = (x, y * s + z * c, -y * c + z * s)  # right, up, toward the camera
    return {
        "id": scene.seed,
        "source": source,
        "scene": scene.scene,
        "surface": scene.surface,
        "surface_color": scene.surface_color,
        "wall": scene.wall,
        "wall_color": scene.wall_color,
        "accent": scene.accent,
        "pattern": scene.pattern,
        "scatter": scene.scatter,
        "light_side": scene.light_side,
        "light": scene.light,
        "key_share": round(scene.key_share, 3),
        "elevation": round(scene.elevation, 1),
        "blur": scene.blur,
        "blur_px": round(scene.blur_px, 2),
        "product": scene.product,
        "product_color": scene.product_color,
        "key_direction": [round(v, 4) for v in seen],
        "split": scene.split,
    }
