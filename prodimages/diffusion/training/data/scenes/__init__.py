"""What a training scene shows, drawn by lot from a seed: plain data, no renderer.

Materials, colors, light and moods bear the studio's own words, so that one prompt drives both.
"""

from __future__ import annotations

import random

from prodimages.diffusion.training.data.scenes import framing, goods, lighting, places
from prodimages.diffusion.training.data.scenes.goods import LYING, STANDING
from prodimages.diffusion.training.data.scenes.lighting import direction_to_lamp
from prodimages.diffusion.training.data.scenes.scene import HELD_SHARE, Scene, split_of
from prodimages.engines.studio.vocabulary import COLORS

__all__ = [
    "HELD_SHARE",
    "KINDS",
    "LYING",
    "STANDING",
    "WITHOUT_PRODUCT",
    "Scene",
    "direction_to_lamp",
    "draw",
    "split_of",
]

KINDS = {
    "tabletop": 0.30,
    "seamless": 0.12,
    "gradient": 0.03,
    "podium": 0.10,
    "shelf": 0.05,
    "floor": 0.15,
    "wall": 0.06,
    "outdoor": 0.19,
}
"""Kinds of scenes and their shares."""
WITHOUT_PRODUCT = 0.15
"""Share of scenes without a product."""


def draw(seed: int) -> Scene:
    """The scene of ``seed``: always the same."""
    rng = random.Random(f"nano-scene-{seed}")
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    surface, wall = places.surface_and_wall(kind, rng)
    elevation = framing.elevation_of(kind, rng)
    pattern = lighting.pattern_of(kind, surface, rng)
    product = goods.product_of(kind, elevation, rng)
    width, height = goods.size_of(product, rng)
    sparse = rng.random() < WITHOUT_PRODUCT
    side, light = lighting.light_of(kind, wall, pattern, rng)
    blur, blur_px, gap = framing.depth_of(kind, elevation, wall, rng)
    return Scene(
        seed=seed,
        scene=kind,
        surface=surface,
        surface_color=places.surface_color_of(kind, surface, rng),
        wall=wall,
        wall_color=places.wall_color_of(kind, wall, rng),
        accent=places.any_color(rng) if kind == "podium" else None,
        pattern=pattern,
        scatter=places.scatter_of(kind, wall, surface, rng),
        light_side=side,
        light=light,
        key_share=lighting.key_share_of(light, wall, rng),
        elevation=elevation,
        turn=goods.turn_of(product, kind, rng),
        blur=blur,
        blur_px=blur_px,
        gap=gap,
        product=None if sparse else product,
        product_color=None if sparse else rng.choice(list(COLORS)),
        stand_in=product,
        width_cm=width,
        height_cm=height,
        **framing.placement_of(kind, rng),
    )
