"""Reads a prompt in English or Chinese into the studio's parameters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from prodimages.engines.base import PromptReading
from prodimages.engines.studio.vocabulary import (
    COLORS,
    DYEABLE,
    FILLERS,
    NATURAL,
    NOUNS,
    PHRASES,
    WALLS,
)

_TOKEN = re.compile(
    r"#[0-9a-fA-F]{6}\b|[a-zA-Z]+(?:[-'][a-zA-Z]+)*|[\u3400-\u9fff]+|[,.;:，。；、\n]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_KNOWN = FILLERS | PHRASES.keys() | NOUNS.keys()
_LONGEST_HAN = max(len(word) for word in _KNOWN if _HAN.match(word))
_BREAK = ""
# Between what stands and what stands behind it: a material before one is not the wall's.
_APART = frozenset({"against", "before", "on", "over", "with"})


def read(prompt: str, *, only: Collection[str] | None = None) -> PromptReading:
    """What of ``prompt`` the studio honors (slot -> value) and which words it can't.

    The first word for a slot wins; a second, different one is reported as ignored. So is
    every word for a slot that is not among ``only``, where that is given.
    """
    reader = _Reader(only)
    for word in _words(prompt):
        reader.take(word)
    reader.end_phrase()
    return PromptReading(understood=reader.understood, ignored=tuple(reader.ignored))


def _words(prompt: str) -> Iterator[str]:
    """Words and known phrases in order; the empty string ends a phrase."""
    tokens = _TOKEN.findall(prompt)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if _HAN.match(token):
            yield from _han_words(token)
        elif token[0].isalpha():
            pair = f"{token} {tokens[position]}".lower() if position < len(tokens) else ""
            if pair in _KNOWN:
                position += 1
                yield pair
            else:
                yield token
        else:
            yield token if token[0] == "#" else _BREAK


def _han_words(run: str) -> Iterator[str]:
    """Split a run of Chinese characters by longest match; what is left over stays together."""
    unknown = ""
    position = 0
    while position < len(run):
        for length in range(min(_LONGEST_HAN, len(run) - position), 0, -1):
            if (word := run[position : position + length]) in _KNOWN:
                if unknown:
                    yield unknown
                    unknown = ""
                yield word
                position += length
                break
        else:
            unknown += run[position]
            position += 1
    if unknown:
        yield unknown


class _Reader:
    """Gathers meanings; a color or material waits for the noun that it stands before."""

    def __init__(self, only: Collection[str] | None) -> None:
        self._only = only
        self.understood: dict[str, str] = {}
        self.ignored: list[str] = []
        self._waiting: list[tuple[str, str, str]] = []

    def take(self, word: str) -> None:
        key = word.lower()
        if key == _BREAK or key in _APART:
            self.end_phrase()
        elif key.startswith("#"):
            self._waiting.append((word, "color", key))
        elif key in NOUNS:
            self._noun(NOUNS[key])
            if key in PHRASES:
                self._set(word, *PHRASES[key])
        elif key in PHRASES:
            slot, value = PHRASES[key]
            if slot in ("color", "surface"):
                self._waiting.append((word, slot, value))
            else:
                self._set(word, slot, value)
        elif key not in FILLERS:
            self._ignore(word)

    def end_phrase(self) -> None:
        self._settle("")

    def _noun(self, noun: str) -> None:
        self._settle(noun)

    def _settle(self, noun: str) -> None:
        after = [*self._waiting[1:], ("", "", "")]
        for (word, slot, value), (_, next_slot, material) in zip(
            self._waiting, after, strict=False
        ):
            if slot == "color" and next_slot == "surface" and noun != "wall":
                self._dye(word, value, material)
            elif slot == "surface" and noun == "wall":
                wall = "panel" if value in ("oak", "walnut") else value
                self._set(word, "wall", wall) if wall in WALLS else self._ignore(word)
            elif slot == "color" and noun in ("podium", "surface"):
                self._set(word, "accent", value)
            else:
                self._set(word, slot, value)
        self._waiting.clear()

    def _dye(self, word: str, color: str, material: str) -> None:
        """A color just before a material: its dye, or what it looks like anyway, or too much."""
        if material in DYEABLE:
            self._set(word, "accent", color)
        elif color not in {COLORS[name] for name in NATURAL[material]}:
            self._ignore(word)

    def _set(self, word: str, slot: str, value: str) -> None:
        refused = self._only is not None and slot not in self._only
        if refused or self.understood.setdefault(slot, value) != value:
            self._ignore(word)

    def _ignore(self, word: str) -> None:
        if word not in self.ignored:
            self.ignored.append(word)
