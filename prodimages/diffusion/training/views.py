"""What each sample shows: which scene, in which light, which part of it, and what is kept."""

from __future__ import annotations

import dataclasses
import enum

import numpy as np

from prodimages.diffusion.training.dyes import Dyes


class Kind(enum.IntEnum):
    AROUND = 0
    """The product is kept, and a scene painted around it."""
    PICTURED = 1
    """The whole picture is painted, the product too."""
    EMPTY = 2
    """The whole picture of the empty scene is painted."""
    PART = 3
    """A part of the empty scene is kept."""


class Ring(enum.IntEnum):
    """What is seen right around a kept product."""

    TRUE = 0
    GRAY = 1
    FOREIGN = 2
    """Of another picture: what is drafted around a product need not fit the words."""


_OF_PRODUCTS = (0.54, 0.06, 0.28, 0.12)
_OF_EMPTY = (0.0, 0.0, 0.6, 0.4)
_RINGS = (0.5, 0.25, 0.25)
MOST_SPREAD = 3


@dataclasses.dataclass(frozen=True)
class Views:
    """One row a sample, as NumPy arrays."""

    scene: np.ndarray
    flipped: np.ndarray
    warmth: np.ndarray
    """-1 cool .. 1 warm; 0 for most."""
    brightness: np.ndarray
    """-1 dark .. 1 bright; exposure is 2 to the power of it."""
    key: np.ndarray
    fill: np.ndarray
    """Factors of the two lights."""
    zoom: np.ndarray
    """Share of the picture's width that is shown."""
    across: np.ndarray
    down: np.ndarray
    """Where that is, -1..1 of what room there is."""
    kind: np.ndarray
    ring: np.ndarray
    spread: np.ndarray
    """Pixels around the product that are kept with it."""
    snapped: np.ndarray
    """Whether what is kept ends at the edges of latent cells, as the engine asks for it."""
    box: np.ndarray
    """(n, 4): left, top, right, bottom of the part that is kept, 0..1."""
    dyed: np.ndarray
    """(n, 3) new colors of ground, wall and product, by their number; -1 for what stays."""

    def __len__(self) -> int:
        return len(self.scene)

    def __getitem__(self, at: slice) -> Views:
        return Views(*(getattr(self, field.name)[at] for field in dataclasses.fields(self)))

    def all(self, kind: Kind) -> Views:
        """The same, each of this kind."""
        return dataclasses.replace(self, kind=np.full(len(self), int(kind)))


def draw(
    has_product: np.ndarray,
    weights: np.ndarray,
    count: int,
    rng: np.random.Generator,
    dyes: Dyes | None = None,
) -> Views:
    """``count`` views of scenes (N,) that have a product or not, each as often as its weight."""
    # Evenly spread over the sum of the weights, so that no scene is left out by chance.
    ends = np.cumsum(weights) / weights.sum()
    spread = (np.arange(count) + rng.random()) / count
    scene = rng.permutation(np.searchsorted(ends, spread, side="right").clip(0, len(ends) - 1))
    kinds = np.where(
        has_product[scene],
        rng.choice(4, count, p=_OF_PRODUCTS),
        rng.choice(4, count, p=_OF_EMPTY),
    )
    corner = rng.uniform(0.05, 0.55, (count, 2))
    box = np.concatenate([corner, corner + rng.uniform(0.2, 0.5, (count, 2))], axis=1)
    return Views(
        scene=scene,
        flipped=rng.random(count) < 0.5,
        warmth=_sometimes(count, rng),
        brightness=_sometimes(count, rng),
        key=2 ** rng.uniform(-0.35, 0.35, count),
        fill=2 ** rng.uniform(-0.8, 0.8, count),
        zoom=rng.uniform(0.85, 1.0, count),
        across=rng.uniform(-1, 1, count),
        down=rng.uniform(-1, 1, count),
        kind=kinds,
        ring=rng.choice(3, count, p=_RINGS),
        spread=rng.integers(0, MOST_SPREAD + 1, count),
        snapped=rng.random(count) < 0.8,
        box=box.clip(0, 1),
        dyed=_undyed(count) if dyes is None else dyes.draw(scene, rng),
    )


def plain(scene: np.ndarray, kind: Kind) -> Views:
    """Scenes as they were rendered, for sheets and for measuring."""
    count = len(scene)
    none, one = np.zeros(count), np.ones(count)
    return Views(
        scene=scene,
        flipped=none > 0,
        warmth=none,
        brightness=none,
        key=one,
        fill=one,
        zoom=one,
        across=none,
        down=none,
        kind=np.full(count, int(kind)),
        ring=np.full(count, int(Ring.GRAY)),
        spread=np.full(count, 1),
        snapped=one > 0,
        box=np.tile([0.3, 0.3, 0.7, 0.7], (count, 1)),
        dyed=_undyed(count),
    )


def _undyed(count: int) -> np.ndarray:
    result: np.ndarray = np.full((count, 3), -1)
    return result


def _sometimes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Near 0 for half of all, else anywhere in -1..1."""
    drawn = np.where(
        rng.random(count) < 0.5, rng.uniform(-0.2, 0.2, count), rng.uniform(-1, 1, count)
    )
    result: np.ndarray = drawn
    return result
