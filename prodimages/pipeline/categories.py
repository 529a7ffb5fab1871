"""Looks words of a category path or product type up in a table of what is known by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

Known = TypeVar("Known")

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def last_known(category: str, product_type: str, known: Mapping[str, Known]) -> Known | None:
    """What ``known`` has for the most particular word, which comes last; None for no word.

    ``known`` has words in lower case, English ones in the singular. Chinese writes no spaces
    and names the kind of thing last, so that there the known word that ends last decides, and
    the longer of two.
    """
    words = re.split(r"[^\w-]+", f"{category} {product_type}".lower())
    for word in reversed(words):
        name = _in_chinese(word, known) if _CHINESE.search(word) else _in_english(word, known)
        if name is not None:
            return known[name]
    return None


def _in_english(word: str, known: Mapping[str, Known]) -> str | None:
    return next((form for form in (word, word.removesuffix("s")) if form in known), None)


def _in_chinese(word: str, known: Mapping[str, Known]) -> str | None:
    ends = [
        (word.rfind(part) + len(part), len(part), part)
        for part in known
        if _CHINESE.search(part) and part in word
    ]
    return max(ends)[2] if ends else None
