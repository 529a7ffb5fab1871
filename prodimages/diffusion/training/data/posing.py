"""How a product stands, lies or hangs in its scene."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.diffusion.training.data import products
from prodimages.diffusion.training.data.scenes import STANDING, Scene
from prodimages.diffusion.training.data.shapes import Part, rotation

_LAID_DOWN = frozenset({"bottle", "wine bottle", "tube", "perfume", "carton", "can", "cone"})
"""Standing products that lie on their back when seen from far above."""


def posed(scene: Scene) -> list[Part]:
    """The product's parts where it stands, lies or hangs, in cm."""
    kind = scene.stand_in
    parts = products.build(
        kind, scene.width_cm, scene.height_cm, scene.product_color or "white", scene.seed
    )
    turn = rotation(scene.turn, "z")
    if scene.scene == "wall":
        if kind not in STANDING:
            turn = rotation(90, "x") @ turn
    elif scene.lies and kind in _LAID_DOWN:
        turn = rotation(scene.turn, "z") @ rotation(-90, "x")
    moved = [_turned(part, turn) for part in parts]
    points = np.concatenate([part.vertices for part in moved])
    low, high = points.min(0), points.max(0)
    x, y = -(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2
    return [part.moved(x, y, -low[2]) for part in moved]


def _turned(part: Part, matrix: np.ndarray) -> Part:
    return dataclasses.replace(part, vertices=part.vertices @ matrix.T)
