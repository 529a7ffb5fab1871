"""Whether pictures show what their captions say: each must be nearer to renders of its own
caption than to renders of captions that differ from it in one word.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prodimages.diffusion.training.evaluation.features import layout
from prodimages.diffusion.training.evaluation.questions import Question
from prodimages.diffusion.training.evaluation.references import Learned, describe
from prodimages.diffusion.training.evaluation.subject import Pixels


def by_colors(pictures: Pixels, asked: Sequence[Question]) -> list[bool]:
    """By the mean color of each cell, of a scene and of the same one in other colors."""
    renders = [layout(one.options) for one in asked if one.options is not None]
    every = np.concatenate(renders)
    mean, deviation = every.mean(axis=0), every.std(axis=0)
    ours = normalized(layout(pictures), mean, deviation)
    return [
        nearest_is_own(picture, normalized(one, mean, deviation))
        for picture, one in zip(ours, renders, strict=True)
    ]


def by_words(pictures: Pixels, asked: Sequence[Question], told: Learned, kind: str) -> list[bool]:
    """By discriminants: nearer to where renders of the own word lie than to those of others.
    ``kind`` as the questions', or a second way to tell it.
    """
    return [
        bool(told[kind].distances(one, question.words).argmin() == 0)
        for one, question in zip(describe(kind)(pictures), asked, strict=True)
    ]


def nearest_is_own(picture: np.ndarray, renders: np.ndarray) -> bool:
    """``picture`` (d,), ``renders`` (captions, d): whether caption 0 is the nearest."""
    return bool(np.linalg.norm(renders - picture, axis=-1).argmin() == 0)


def normalized(features: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Features in units of how much they differ among renders, so that none outweighs the rest."""
    result: np.ndarray = (features - mean) / np.maximum(deviation, 1e-6)
    return result
