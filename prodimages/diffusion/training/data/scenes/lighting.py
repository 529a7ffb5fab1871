"""Where the light comes from, what it passes through and how hard it is."""

from __future__ import annotations

import math
import random

from prodimages.diffusion.training.data.scenes.scene import Scene


def pattern_of(kind: str, surface: str, rng: random.Random) -> str:
    if kind == "outdoor" or surface in ("sand", "snow"):
        return "none"
    return rng.choices(("none", "window", "leaves"), (0.72, 0.15, 0.13))[0]


def light_of(kind: str, wall: str | None, pattern: str, rng: random.Random) -> tuple[str, str]:
    """The side that it comes from, and its kind."""
    sides = ("left", "right", "front", "back", "above")
    if pattern != "none":
        return rng.choice(("left", "right")), {"window": "window", "leaves": "leaf shadow"}[pattern]
    if kind == "outdoor" and wall not in ("bokeh", "festive"):
        light = rng.choice(("sun", "sun", "soft"))
        return rng.choice(("left", "right", "left", "right", "back", "front")), light
    shares = (0.3, 0.3, 0.14, 0.0 if kind == "wall" else 0.12, 0.14)
    return rng.choices(sides, shares)[0], rng.choices(("soft", "hard"), (0.68, 0.32))[0]


def key_share_of(light: str, wall: str | None, rng: random.Random) -> float:
    """The lamp's share of the light on the surface, 0..1."""
    low, high = {"soft": (0.45, 0.68), "window": (0.66, 0.8), "leaf shadow": (0.66, 0.8)}.get(
        light, (0.6, 0.78)
    )
    return rng.uniform(low, high)


def direction_to_lamp(scene: Scene) -> tuple[float, float, float]:
    """Unit vector in the scene's axes: right, away from the camera, up (Blender's x, y, z)."""
    rng = random.Random(f"nano-lamp-{scene.seed}")
    if scene.elevation >= 50 or scene.scene == "wall":
        x, up, off = {
            "left": (-0.80, 0.42, 1.0),
            "right": (0.80, 0.42, 1.0),
            "front": (-0.1, -0.5 if scene.scene != "wall" else 0.35, 1.0),
            "back": (-0.10, 0.95, 1.0),
            "above": (-0.08, 0.70 if scene.scene == "wall" else 0.12, 1.0),
        }[scene.light_side]
        vector = (x, -off, up) if scene.scene == "wall" else (x, up, off)
    else:
        vector = {
            "left": (-0.80, -0.26, 0.95),
            "right": (0.80, -0.26, 0.95),
            "front": (-0.16, -0.62, 1.0),
            "back": (-0.22, 0.62, 0.85),
            "above": (-0.10, 0.02, 1.0),
        }[scene.light_side]
        if scene.pattern != "none":
            vector = (vector[0], -0.5, 0.75)
    play = 0.16
    x, y, z = (value + rng.uniform(-play, play) for value in vector)
    if scene.scene != "wall":
        z = max(z, 0.45)
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length
