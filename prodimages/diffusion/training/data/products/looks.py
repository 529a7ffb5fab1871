"""Colors and materials that products choose by lot."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.vocabulary import COLORS

_NEUTRALS = ("white", "cream", "black", "gray", "brown", "gold", "beige")


def second(rng: np.random.Generator) -> str:
    return COLORS[str(rng.choice(_NEUTRALS))]


def solid(rng: np.random.Generator) -> str:
    return str(rng.choice(["plastic", "ceramic", "ceramic", "matte", "wood"]))
