"""What a painting is compared with: renders of its caption, and of captions that differ from it
in one word.

Another color of a surface is rendered of the very scene. Another material, kind of scene or side
of the light changes more than pixels can be compared of; there the word's renders are those of
the training, and ``discriminants`` say what is of the word in them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from prodimages.diffusion.training import dyes, views
from prodimages.diffusion.training.evaluation.references import FACTS
from prodimages.diffusion.training.evaluation.subject import Pixels, dyed, rendered
from prodimages.diffusion.training.scenes import Scenes

KINDS = ("surface color", "wall color", "material", "light side", "scene kind")
MOST = 10
"""Captions of a question, the own one with them."""
SLOTS = {"surface color": dyes.GROUND, "wall color": dyes.WALL}
SAID = FACTS | {"surface color": "surface_color", "wall color": "wall_color"}
"""The fact whose word the caption has to say for the question to be fair."""
PLAIN_LIGHT = frozenset({None, "soft", "hard"})
"""Light whose side an empty picture shows: of held-out renders, 97 of 100 or more are told. Of the
sun over a distance and of what a window or leaves let through it is 57, 59 and 77.
"""
_TRIES = 60


@dataclasses.dataclass(frozen=True)
class Question:
    kind: str
    caption: str
    truth: Pixels
    """(S, S, 3): another render of the own caption, which should be told as well."""
    options: Pixels | None = None
    """(captions, S, S, 3) of the very scene in other colors, the own caption first."""
    words: tuple[str, ...] = ()
    """Where more than a color would change: the own caption's word, and what it could be."""

    @property
    def captions(self) -> int:
        return len(self.words) if self.options is None else len(self.options)


def questions(
    scenes: Scenes, count: int, rng: np.random.Generator, words: Mapping[str, Sequence[str]]
) -> list[Question]:
    """About ``count``, as many of each kind where the scenes have it. ``words``: those that can
    be told, by the kind of word.
    """
    found: list[Question] = []
    for kind in KINDS:
        wanted = -(-count // len(KINDS))
        for at in rng.permutation(len(scenes)):
            if wanted and (one := _question(scenes, int(at), kind, rng, words)) is not None:
                found.append(one)
                wanted -= 1
    return found


def _question(
    scenes: Scenes,
    at: int,
    kind: str,
    rng: np.random.Generator,
    words: Mapping[str, Sequence[str]],
) -> Question | None:
    options: Pixels | None = None
    others: tuple[str, ...] = ()
    if kind in SLOTS:
        options = _colors(scenes, at, SLOTS[kind], rng)
    elif kind != "light side" or scenes.facts[at].get("light") in PLAIN_LIGHT:
        others = _others(str(scenes.facts[at].get(FACTS[kind])), words.get(kind, ()), rng)
    if options is None and not others:
        return None
    caption = _caption(scenes, at, kind, rng)
    if caption is None:
        return None
    return Question(kind, caption, _again(scenes, at), options, others)


def _colors(scenes: Scenes, at: int, slot: int, rng: np.random.Generator) -> Pixels | None:
    """The scene in nine other colors of one of its surfaces, whichever the lot says."""
    table = scenes.dyes
    worn = int(table.worn[at, slot])
    if worn < 0 or (slot == dyes.WALL and table.swept[at]):
        return None
    others = rng.permutation(np.delete(np.arange(len(table.names)), worn))[: MOST - 1]
    return dyed(scenes, at, slot, [-1, *others])


def _others(own: str, words: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """The word and at most nine others; none where it can't be told or is the only one."""
    others = [word for word in rng.permutation(np.asarray(words, dtype=str)) if word != own]
    if own not in words or not others:
        return ()
    return (own, *(str(word) for word in others[: MOST - 1]))


def _again(scenes: Scenes, at: int) -> Pixels:
    """The scene framed a little closer, under a softer light."""
    shown = views.plain(np.asarray([at]), views.Kind.EMPTY)
    some = np.ones(1)
    closer = dataclasses.replace(shown, zoom=0.9 * some, fill=1.4 * some, key=0.9 * some)
    result: Pixels = rendered(scenes, closer)[0]
    return result


def _caption(scenes: Scenes, at: int, kind: str, rng: np.random.Generator) -> str | None:
    """One that says the word: what a kind of scene is, each does."""
    facts = scenes.facts[at] | {"product": None}
    word = "" if kind == "scene kind" else str(facts.get(SAID[kind]) or "")
    return next((text for text in _drawn(scenes, facts, rng) if word in text), None)


def _drawn(scenes: Scenes, facts: dict[str, Any], rng: np.random.Generator) -> Iterator[str]:
    for _try in range(_TRIES):
        yield scenes.caption(facts, rng, warmth=0.0, brightness=0.0)
