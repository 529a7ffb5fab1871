"""Whether pictures show what their captions say: each must be nearer to renders of its own
caption than to renders of captions that differ from it in one word.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Score:
    """How often the own caption was nearest."""

    right: int
    total: int
    chance: float
    """What guessing would give, as a share."""

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


def nearest_is_own(picture: np.ndarray, renders: np.ndarray) -> bool:
    """``picture`` (d,), ``renders`` (captions, variants, d): whether caption 0 is the nearest.

    The distance to a caption is that to the nearest of its variants, which differ in all
    that the caption does not say.
    """
    distances = np.linalg.norm(renders - picture, axis=-1).min(axis=1)
    return bool(distances.argmin() == 0)


def scored(
    pictures: np.ndarray, renders: Sequence[np.ndarray], kinds: Sequence[str]
) -> Mapping[str, Score]:
    """By the kind of word that the other captions differ in, and in all ("all").

    ``pictures`` (n, d); ``renders[i]`` (captions, variants, d), the own caption first;
    ``kinds[i]`` what its others differ in.
    """
    scores: dict[str, list[tuple[bool, float]]] = {}
    for picture, others, kind in zip(pictures, renders, kinds, strict=True):
        found = nearest_is_own(picture, others), 1 / len(others)
        scores.setdefault(kind, []).append(found)
        scores.setdefault("all", []).append(found)
    return {
        kind: Score(
            right=sum(hit for hit, _chance in some),
            total=len(some),
            chance=float(np.mean([chance for _hit, chance in some])),
        )
        for kind, some in scores.items()
    }


def normalized(features: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Features in units of how much they differ among renders, so that none outweighs the rest."""
    result: np.ndarray = (features - mean) / np.maximum(deviation, 1e-6)
    return result
