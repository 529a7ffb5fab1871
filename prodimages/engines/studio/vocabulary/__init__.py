"""The words that the studio can honor, in English and Chinese, as plain data."""

from __future__ import annotations

from prodimages.engines.studio.vocabulary import chinese, english
from prodimages.engines.studio.vocabulary.colors import COLORS

__all__ = ["COLORS"]

SURFACES = (
    *("paper", "oak", "walnut", "painted", "marble", "concrete", "linen", "terrazzo", "slate"),
    *("paving", "sand", "snow"),
)
WALLS = (
    *("plaster", "concrete", "tile", "brick", "panel"),
    *("bokeh", "festive", "garden", "blossom", "autumn", "winter", "sea"),
)
PATTERNS = ("none", "window", "leaves")
SCATTERS = ("none", "petals", "leaves")
LIGHTS = ("left", "right", "front", "back", "top")
TEMPERATURES = ("cool", "neutral", "warm", "golden")
SHADOWS = ("soft", "hard", "none")
MOODS = ("bright", "calm", "dark")

DISTANT = frozenset({"bokeh", "festive", "garden", "blossom", "autumn", "winter", "sea"})
"""Walls that are no wall but what is far away, out of focus, and keeps its own colors."""

OUTDOORS = frozenset({"paving", "sand", "snow"})
"""Surfaces that are no table: they go on to what is far away."""

DYEABLE = frozenset({"paper", "painted", "linen", "terrazzo", "concrete", "marble"})
"""Surfaces that come in any color; the others keep their own."""

NATURAL: dict[str, frozenset[str]] = {
    "oak": frozenset({"beige", "sand", "brown"}),
    "walnut": frozenset({"brown", "taupe"}),
    "slate": frozenset({"gray", "dark gray", "charcoal", "black"}),
    "paving": frozenset({"gray", "light gray", "beige", "taupe"}),
    "sand": frozenset({"sand", "beige", "cream", "yellow", "gold"}),
    "snow": frozenset({"white", "off-white", "light blue"}),
}
"""Colors that those others have anyway."""

Meaning = tuple[str, str]
"""A slot and its value."""

_LANGUAGES = (english, chinese)

NOUNS: dict[str, str] = {word: noun for words in _LANGUAGES for word, noun in words.NOUNS.items()}
"""What an adjective stands before: the wall and podium take its color, the rest its material."""

FILLERS = frozenset(word for words in _LANGUAGES for word in words.FILLERS.split())
"""Words that carry no wish of their own."""

PHRASES: dict[str, Meaning] = {name: ("color", value) for name, value in COLORS.items()}
"""Every phrase that means something."""

for _words in _LANGUAGES:
    PHRASES |= {name: ("color", COLORS[color]) for name, color in _words.COLOR_ALIASES.items()}
    PHRASES |= _words.MEANINGS
