"""Weights of words in a prompt: ``a mug, (soft light:1.3), (shadow:0.8)``. Free of torch."""

from __future__ import annotations

import re

LEAST, MOST = 0.1, 2.0
_WEIGHTED = re.compile(r"\(([^():]+):\s*(\d+(?:\.\d+)?)\)")


def pieces(prompt: str) -> list[tuple[str, float]]:
    """Text and weight of each part, in order. Brackets without a number in range are text, as
    they come in names of products.
    """
    found: list[tuple[str, float]] = []
    done = 0
    for match in _WEIGHTED.finditer(prompt):
        weight = float(match[2])
        if not LEAST <= weight <= MOST:
            continue
        if before := prompt[done : match.start()]:
            found.append((before, 1.0))
        found.append((match[1], weight))
        done = match.end()
    if rest := prompt[done:]:
        found.append((rest, 1.0))
    return found


def plain(prompt: str) -> str:
    """The words alone, for whatever reads no weights."""
    return "".join(text for text, _weight in pieces(prompt))


def weights_in(prompt: str) -> list[str]:
    """The weighted parts as they are written."""
    return [f"({text}:{weight:g})" for text, weight in pieces(prompt) if weight != 1.0]
