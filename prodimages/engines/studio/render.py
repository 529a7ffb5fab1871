"""From a request to its picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from prodimages.engines.base import GenerationRequest
from prodimages.engines.studio import facing, packshot, seamless, tabletop
from prodimages.engines.studio.atmosphere import develop
from prodimages.engines.studio.scenes import Scene
from prodimages.engines.studio.separation import separated
from prodimages.engines.studio.shot import Shot
from prodimages.engines.studio.staging import Stage


def render(
    request: GenerationRequest, scene: Scene, stage: Stage
) -> tuple[np.ndarray, dict[str, Any]]:
    """(H, W, 3) float32 sRGB of the scene without its product, and facts about the scene."""
    shot = Shot.of(request, scene, stage)
    picture, done = separated(shot, _picture(shot))
    return picture, _facts(shot) | done


def _picture(shot: Shot) -> np.ndarray:
    if shot.scene.family == "packshot":
        return packshot.render(shot)
    if shot.stage.kind != "standing":
        light = facing.render(shot)
    elif shot.scene.seamless:
        light = seamless.render(shot)
    else:
        light = tabletop.render(shot)
    return develop(shot, light)


def _facts(shot: Shot) -> dict[str, Any]:
    camera, light, scene = shot.camera, shot.light, shot.scene
    return {
        "scene": scene.family,
        "surface": "paper" if scene.seamless else scene.surface,
        "wall": scene.wall if shot.stage.kind != "overhead" and not scene.seamless else "",
        "color": scene.color,
        "accent": scene.accent or "",
        "pattern": scene.pattern,
        "scatter": "none" if scene.seamless or shot.stage.kind == "wall" else scene.scatter,
        "mood": scene.mood,
        "camera": {
            "stage": shot.stage.kind,
            "elevation": round(shot.stage.elevation, 2),
            "focal_px": round(camera.focal, 1),
            "px_per_cm": round(camera.scale_at(0.0, 0.0), 3),
        },
        "light": {
            "from": scene.light,
            "temperature": scene.temperature,
            "shadow": scene.shadow,
            "direction": [round(part, 3) for part in (light.across, light.along, light.off)],
        },
    }
