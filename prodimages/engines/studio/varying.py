"""Draws parts of a scene anew for each picture, by its seed: what “more like this” may vary."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from typing import Any

from prodimages.engines.studio import vocabulary
from prodimages.engines.studio.scenes import SCENES

VARY = "vary"
"""The parameter: parts of PARTS, with commas between."""
PARTS: dict[str, tuple[str, ...]] = {
    "scene": ("scene", "surface", "wall", "accent", "pattern", "scatter", "reflection"),
    "light": ("light", "temperature", "shadow"),
    "color": ("color",),
}
"""What of the style and of the prompt each of them takes the place of."""
_COLORS = ("#e9e4dc", "#d9b8a8", "#b9c4ae", "#a9b9c6", "#d8c08f", "#8f9a86", "#c9c3cf", "#6f7173")
"""Of paper and painted walls, quiet enough for any product."""


def named(value: Any) -> list[str]:
    """The parts of a ``vary`` parameter that there are, in one order."""
    wanted = {part.strip() for part in str(value or "").split(",")}
    return [part for part in PARTS if part in wanted]


def draw(
    parameters: Mapping[str, Any], fixed: Collection[str], seed: int
) -> tuple[dict[str, Any], frozenset[str]]:
    """The parameters with what ``vary`` names drawn by ``seed``, and what no prompt may change.

    What is ``fixed`` stays, though it belongs to a part that varies.
    """
    left = {name: value for name, value in parameters.items() if name != VARY}
    chance, closed = random.Random(seed), set(fixed)
    for part in named(parameters.get(VARY)):
        free = [name for name in PARTS[part] if name not in fixed]
        drawn = _drawn(part, chance)
        left = {name: value for name, value in left.items() if name not in free}
        left |= {name: drawn[name] for name in free if name in drawn}
        closed |= set(free)
    return left, frozenset(closed)


def _drawn(part: str, chance: random.Random) -> dict[str, str]:
    if part == "scene":
        return {"scene": chance.choice(list(SCENES))}
    if part == "color":
        return {"color": chance.choice(_COLORS)}
    return {
        "light": chance.choice([side for side in vocabulary.LIGHTS if side != "back"]),
        "temperature": chance.choice(vocabulary.TEMPERATURES),
        "shadow": chance.choice(["soft", "hard"]),
    }
