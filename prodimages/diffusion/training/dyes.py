"""Other colors for the same renders: few path-traced scenes then teach many color words.

A region's linear light is multiplied by the ratio of two albedos, and its caption names the
new color. What the region throws on others stays as it was, which is wrong by little as long
as the ratios are small.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Facts = dict[str, Any]

GROUND, WALL, PRODUCT = 0, 1, 2
SLOTS = ("surface_color", "wall_color", "product_color")
"""The fact that names the color of each; a region's id is one more than its slot."""
MOST = 3.0
"""Of any channel's albedo, up or down."""
SHARE = 0.5
"""Of the samples in which a color that may be changed is changed."""
_DARKEST = 0.02
_OPEN = frozenset({"tabletop", "shelf", "floor", "wall", "outdoor"})
"""Kinds of scenes whose ground and wall are surfaces of their own, each with one color."""
_SWEPT = frozenset({"seamless", "gradient"})
"""Kinds whose one sheet is ground and wall."""


@dataclasses.dataclass(frozen=True)
class Dyes:
    """Which colors the regions of N scenes have, and which others they may get."""

    names: Sequence[str]
    albedos: np.ndarray
    """(C, 3) linear."""
    worn: np.ndarray
    """(N, 3) index of each slot's color; -1 where it may not be changed."""
    swept: np.ndarray
    """(N,) whether the wall follows the ground."""
    choices: np.ndarray
    """(C, most) indices of colors near enough to each; the first ``counts`` of a row."""
    counts: np.ndarray

    def draw(self, scene: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """(n, 3) new colors of scenes (n,); -1 where the color stays."""
        worn = self.worn[scene]
        changed = (worn >= 0) & (rng.random(worn.shape) < SHARE)
        at = (rng.random(worn.shape) * self.counts[worn]).astype(int)
        new = self.choices[worn, at]
        result: np.ndarray = np.where(changed, new, -1)
        return result

    def gains(self, scene: np.ndarray, dyed: np.ndarray) -> np.ndarray:
        """(n, 5, 3) float32 factors of linear light by region id: 1 ground, 2 wall, 3 product."""
        found = np.ones((len(scene), 5, 3), dtype=np.float32)
        worn = self.worn[scene]
        ratio = self.albedos[dyed] / self.albedos[worn]
        found[:, 1:4] = np.where(dyed[..., None] >= 0, ratio, 1)
        found[:, 2] = np.where(self.swept[scene][:, None], found[:, 1], found[:, 2])
        return found

    def renamed(self, facts: Facts, dyed: np.ndarray) -> Facts:
        """The facts with the new colors (3,)."""
        new = {slot: self.names[at] for slot, at in zip(SLOTS, dyed, strict=True) if at >= 0}
        return facts | new


def dyes(facts: Sequence[Facts], palette: Mapping[str, Sequence[float]]) -> Dyes:
    """``palette``: linear albedo of each color word. Only of light that is known apart."""
    names = list(palette)
    albedos = np.maximum(np.asarray(list(palette.values()), dtype=np.float32), _DARKEST)
    index = {name: at for at, name in enumerate(names)}
    ratios = albedos[None] / albedos[:, None]
    near: np.ndarray = np.all((ratios <= MOST) & (ratios >= 1 / MOST), axis=-1)
    np.fill_diagonal(near, False)
    counts = near.sum(axis=1)
    order = np.argsort(~near, axis=1, kind="stable")
    worn = np.asarray([[index.get(name, -1) for name in _worn(one)] for one in facts])
    worn = worn.reshape(len(facts), len(SLOTS))
    return Dyes(
        names=names,
        albedos=albedos,
        worn=np.where(counts[worn] > 0, worn, -1),
        swept=np.asarray([one.get("scene") in _SWEPT for one in facts], dtype=bool),
        choices=order,
        counts=counts,
    )


def _worn(facts: Facts) -> list[str]:
    """Color words of ground, wall and product; empty where no word says it, or it is baked in."""
    if facts.get("source") == "studio":
        return ["", "", ""]
    kind = facts.get("scene")
    ground = facts.get("surface_color") if kind in _OPEN | _SWEPT else ""
    wall = facts.get("wall_color") if kind in _OPEN else ""
    product = facts.get("product_color") if facts.get("product") else ""
    return [ground or "", wall or "", product or ""]
