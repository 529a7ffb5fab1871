"""Which renders a painting is compared with: those of its caption, and those of captions that
differ from it in one word.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from prodimages.diffusion.training import dyes, views
from prodimages.diffusion.training.evaluation.subject import Pixels, dyed, plain, rendered
from prodimages.diffusion.training.scenes import Scenes

KINDS = ("surface color", "wall color", "material", "light side", "scene kind")
MOST = 10
"""Captions of a question, the own one with them."""
_VARIANTS = 4
"""Renders of a caption that differs in more than colors: what it does not say is any."""
_TRIES = 60


@dataclasses.dataclass(frozen=True)
class Question:
    kind: str
    caption: str
    options: Pixels
    """(captions, variants, S, S, 3), the own caption first."""
    truth: Pixels
    """(S, S, 3): another render of the own caption, which should be told as well."""


def questions(scenes: Scenes, count: int, rng: np.random.Generator) -> list[Question]:
    """About ``count``, as many of each kind where the scenes have it."""
    found: list[Question] = []
    for kind in KINDS:
        wanted = -(-count // len(KINDS))
        for at in rng.permutation(len(scenes)):
            if wanted and (one := _question(scenes, int(at), kind, rng)) is not None:
                found.append(one)
                wanted -= 1
    return found


def _question(scenes: Scenes, at: int, kind: str, rng: np.random.Generator) -> Question | None:
    options = {
        "surface color": lambda: _colors(scenes, at, dyes.GROUND),
        "wall color": lambda: _colors(scenes, at, dyes.WALL),
        "light side": lambda: _sides(scenes, at),
        "material": lambda: _others(scenes, at, "surface", rng),
        "scene kind": lambda: _others(scenes, at, "scene", rng),
    }[kind]()
    if options is None:
        return None
    word = _word(scenes.facts[at], kind)
    caption = _caption(scenes, at, word, rng)
    if caption is None:
        return None
    pictures, truth = options
    return Question(kind, caption, pictures, truth)


Options = tuple[Pixels, Pixels] | None


def _colors(scenes: Scenes, at: int, slot: int) -> Options:
    """The scene in other colors of one of its surfaces."""
    table = scenes.dyes
    worn = int(table.worn[at, slot])
    if worn < 0 or (slot == dyes.WALL and table.swept[at]):
        return None
    choices = table.choices[worn, : table.counts[worn]][: MOST - 1]
    pictures = dyed(scenes, at, slot, [-1, *choices])
    return pictures[:, None], _again(scenes, at)


def _sides(scenes: Scenes, at: int) -> Options:
    """The scene and its mirror image."""
    if scenes.facts[at].get("light_side") not in ("left", "right"):
        return None
    picture = plain(scenes, [at])
    return np.stack([picture, picture[:, :, ::-1]]), _again(scenes, at)


def _others(scenes: Scenes, at: int, fact: str, rng: np.random.Generator) -> Options:
    """Scenes of the same word, and of each other one; whatever else they are."""
    own = scenes.facts[at].get(fact)
    by_word: dict[Any, list[int]] = {}
    for number in rng.permutation(len(scenes)):
        if number != at and (word := scenes.facts[number].get(fact)):
            by_word.setdefault(word, []).append(int(number))
    others = [word for word, some in by_word.items() if word != own and len(some) >= _VARIANTS]
    if own is None or len(by_word.get(own, [])) < _VARIANTS or not others:
        return None
    shown = [own, *others[: MOST - 1]]
    return (
        np.stack([plain(scenes, by_word[word][:_VARIANTS]) for word in shown]),
        plain(scenes, [at])[0],
    )


def _again(scenes: Scenes, at: int) -> Pixels:
    """The scene framed a little closer, under a softer light."""
    shown = views.plain(np.asarray([at]), views.Kind.EMPTY)
    some = np.ones(1)
    closer = dataclasses.replace(shown, zoom=0.9 * some, fill=1.4 * some, key=0.9 * some)
    result: Pixels = rendered(scenes, closer)[0]
    return result


def _word(facts: dict[str, Any], kind: str) -> str:
    """What the caption has to say for the question to be fair; empty where it always does."""
    name = {"surface color": "surface_color", "wall color": "wall_color", "light side": ""}
    if kind == "light side":
        return str(facts["light_side"])
    return str(facts[name[kind]]) if kind in name else str(facts.get("surface", ""))


def _caption(scenes: Scenes, at: int, word: str, rng: np.random.Generator) -> str | None:
    facts = scenes.facts[at] | {"product": None}
    said = _drawn(scenes, facts, rng)
    return next((text for text in said if word in text), None)


def _drawn(scenes: Scenes, facts: dict[str, Any], rng: np.random.Generator) -> Iterator[str]:
    for _try in range(_TRIES):
        yield scenes.caption(facts, rng, warmth=0.0, brightness=0.0)


def stacked(found: Sequence[Question]) -> Pixels:
    """All truths, in order."""
    result: Pixels = np.stack([one.truth for one in found])
    return result
