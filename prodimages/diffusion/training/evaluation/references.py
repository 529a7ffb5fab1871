"""What words look like: discriminants that are learned from renders of the training's scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from prodimages.diffusion.training import views
from prodimages.diffusion.training.evaluation.discriminants import Discriminants, discriminants
from prodimages.diffusion.training.evaluation.features import layout, textures
from prodimages.diffusion.training.evaluation.filters import grain
from prodimages.diffusion.training.evaluation.subject import Pixels, rendered
from prodimages.diffusion.training.scenes import Scenes

LEAST = 8
"""Renders of a word."""
FACTS = {"material": "surface", "light side": "light_side", "scene kind": "scene"}
"""The fact that each kind of word names."""
SECOND = {"material": "material, by filters"}
"""Kinds of words that are told in a second way, and what that is called."""
SIDES = ("left", "right")
Learned = Mapping[str, Discriminants]


def describe(kind: str) -> Callable[[Pixels], np.ndarray]:
    """The features that tell words of a kind: where light lies, or what things are made of."""
    if kind in SECOND.values():
        return grain
    return layout if kind == "light side" else textures


def learned(scenes: Scenes, count: int, rng: np.random.Generator) -> Learned:
    """From ``count`` views of empty scenes in any light and color, as the training shows them.

    A kind is missing where the scenes do not name two words of it.
    """
    drawn = views.draw(scenes.has_product, scenes.weights, count, rng, scenes.dyes)
    shown = drawn.all(views.Kind.EMPTY)
    facts = [
        scenes.mirrored(dict(scenes.facts[at])) if flipped else scenes.facts[at]
        for at, flipped in zip(shown.scene, shown.flipped, strict=True)
    ]
    pictures = rendered(scenes, shown)
    found = {}
    for kind, fact in FACTS.items():
        some, said = _told(kind, pictures, np.asarray([str(one.get(fact) or "") for one in facts]))
        _words, counts = np.unique(said, return_counts=True)
        if (counts >= LEAST).sum() > 1:
            for name in filter(None, (kind, SECOND.get(kind))):
                found[name] = discriminants(describe(name)(some), list(said), LEAST)
    return found


def _told(kind: str, pictures: Pixels, said: np.ndarray) -> tuple[Pixels, np.ndarray]:
    """Those that have a word; sides of light with their mirror images, so that nothing but the
    light tells left from right.
    """
    at = np.flatnonzero(np.isin(said, SIDES) if kind == "light side" else said != "")
    pictures, said = pictures[at], said[at]
    if kind != "light side":
        return pictures, said
    others = np.where(said == SIDES[0], SIDES[1], SIDES[0])
    return np.concatenate([pictures, pictures[:, :, ::-1]]), np.concatenate([said, others])
