"""Puts a record's facts into words: exact, varied, English and now and then Chinese.

Only what is a fact is said, some of it left out by lot, in the words that the studio reads in
prompts (``engines.studio.vocabulary``), so that one prompt means the same to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from prodimages.diffusion.training.data.captions import chinese, english
from prodimages.diffusion.training.data.captions.places import SURFACES, WALLS
from prodimages.diffusion.training.data.captions.wording import Facts, Lot

if TYPE_CHECKING:
    import numpy as np

CHINESE_SHARE = 0.15
SAID_FROM = 0.4
"""Warmth and brightness, -1..1, from which on either is worth a word."""


def caption(
    facts: Facts, rng: np.random.Generator, *, warmth: float | None, brightness: float | None
) -> str:
    """What the record shows when its light is tinted and exposed so.

    ``warmth`` is -1 (cool) to 1 (golden), ``brightness`` -1 (dark) to 1 (bright); both add to
    what the facts say of the picture itself.
    """
    lot = Lot(rng)
    warm = float(facts.get("warmth") or 0.0) + (warmth or 0.0)
    bright = float(facts.get("brightness") or 0.0) + (brightness or 0.0)
    if lot.chance(CHINESE_SHARE):
        return chinese.sentence(facts, lot, tone(warm, bright))
    return english.sentence(facts, lot, tone(warm, bright))


def tone(warmth: float, brightness: float) -> tuple[str, str]:
    """The studio's names for such a temperature and mood; empty where it is not marked."""
    temperature = ""
    if abs(warmth) >= SAID_FROM:
        temperature = "cool" if warmth < 0 else "golden" if warmth > 0.8 else "warm"
    mood = ""
    if abs(brightness) >= SAID_FROM:
        mood = "dark" if brightness < 0 else "bright"
    return temperature, mood


def mirrored(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of the picture with left and right exchanged."""
    sides = {"left": "right", "right": "left"}
    flipped = facts | {"light_side": sides.get(facts["light_side"], facts["light_side"])}
    if direction := facts.get("key_direction"):
        flipped["key_direction"] = [-direction[0], *direction[1:]]
    return flipped


def all_words() -> Sequence[str]:
    """Every color, material and kind that captions name, for whoever makes a tokenizer."""
    from prodimages.diffusion.training.data.scenes import LYING, STANDING
    from prodimages.engines.studio.vocabulary import COLORS

    phrases = [*COLORS, *STANDING, *LYING, *english.NAMES.values()]
    phrases += [name for names in (*SURFACES.values(), *WALLS.values()) for name in names]
    return sorted({word for phrase in phrases for word in phrase.split()})
