"""The products of training scenes: simple solids of real proportions, made by rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodimages.diffusion.training.data.products import (
    bags,
    boxes,
    clothes,
    footwear,
    furniture,
    plants,
    solids,
    vessels,
)
from prodimages.diffusion.training.data.shapes import Part
from prodimages.engines.studio.vocabulary import COLORS

Builder = Callable[[float, float, str, np.random.Generator], list[Part]]


def build(kind: str, width: float, height: float, color: str, seed: int) -> list[Part]:
    """The parts of a product of ``width`` and ``height`` cm whose main color is so named.

    It stands on z = 0 over the origin, seen from -y; what lies has its length along y.
    """
    rng = np.random.default_rng([seed, 17])
    return _BUILDERS[kind](width, height, COLORS[color], rng)


_BUILDERS: dict[str, Builder] = {
    "bottle": vessels.bottle,
    "wine bottle": vessels.wine,
    "jar": vessels.jar,
    "perfume": vessels.perfume,
    "tube": vessels.tube_of_cream,
    "candle": vessels.candle,
    "mug": vessels.mug,
    "bowl": vessels.bowl,
    "vase": plants.vase,
    "teapot": vessels.teapot,
    "carton": boxes.carton,
    "gift box": boxes.gift,
    "books": boxes.books,
    "handbag": bags.handbag,
    "tote bag": bags.tote,
    "shoe": footwear.shoe,
    "boot": footwear.boot,
    "folded cloth": clothes.folded,
    "hat": clothes.hat,
    "lamp": furniture.lamp,
    "speaker": boxes.speaker,
    "stool": furniture.stool,
    "chair": furniture.chair,
    "plant pot": plants.plant,
    "sphere": solids.sphere,
    "cone": solids.cone,
    "block": solids.block,
    "ring": solids.ring,
    "toy": solids.toy,
    "can": vessels.can,
    "t-shirt": clothes.shirt,
    "sweater": clothes.sweater,
    "dress": clothes.dress,
    "trousers": clothes.trousers,
    "scarf": clothes.scarf,
    "towel": clothes.towel,
    "plate": vessels.plate,
    "tray": boxes.tray,
    "phone": boxes.phone,
}
