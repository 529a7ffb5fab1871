"""Draws a sleeve over an arm: its stations in the photo, and theirs along the bone."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.fitting.bone import Bone, bone_of
from prodimages.engines.fitting.garment.marks import STATIONS, Marks, Sleeve
from prodimages.engines.fitting.geometry import SIGNS
from prodimages.engines.fitting.trunk import Pairs
from prodimages.engines.fitting.wearer.person import Person

_ARM = ((0.0, 0.75, 1.6), (0.165, 0.125, 0.085))
"""Half an arm's width, loosely clad, by the way down it; both in shoulders' widths."""


@dataclasses.dataclass(frozen=True)
class Strip:
    """(N, 2, 2) both edges of a strip at its stations, the outer or upper one first."""

    source: np.ndarray
    """In the photo."""
    target: np.ndarray
    """On the canvas."""


def strip_of(
    marks: Marks, sleeve: Sleeve, side: int, person: Person, scale: float, trunk: Pairs
) -> Strip:
    """The sleeve's stations, and those along the arm; it begins at the trunk's own seam."""
    seam = marks.tips[side], marks.armpits[side]
    source = [seam]
    target = [tuple(trunk.place_of(mark) for mark in seam)]
    bone = bone_of(person, side)
    length = min(sleeve.length * scale, bone.length)
    for share, upper, lower in zip(STATIONS, sleeve.upper, sleeve.lower, strict=True):
        measured = float(np.hypot(*np.subtract(upper, lower)))
        source.append((upper, lower))
        target.append(_edges(person, side, bone, share * length, 0.5 * measured * scale))
    return Strip(_extended(np.array(source)), _extended(np.array(target)))


def _edges(
    person: Person, side: int, bone: Bone, way: float, measured: float
) -> tuple[np.ndarray, np.ndarray]:
    """Outer and inner edge ``way`` pixels down the arm: half as wide as ``measured``, but no less
    than the arm is, and over the old sleeve.
    """
    span = person.span
    at, along = bone.at(way)
    outer = np.array([along[1], -along[0]])
    if outer[0] * SIGNS[side] < 0:
        outer = -outer
    arm = span * np.interp(way / span, *_ARM)
    half = float(np.clip(measured, 1.02 * arm, 1.3 * arm))
    most = 1.2 * arm if way < 0.25 * span else 0.2 * span
    out, inner = (
        max(half, min(_old_half(person, at, normal, side), most)) for normal in (outer, -outer)
    )
    return at + outer * out, at - outer * inner


def _old_half(person: Person, at: np.ndarray, outer: np.ndarray, side: int) -> float:
    """Half the width of the old sleeve here, so that none of it looks out at the sides."""
    height, width = person.alpha.shape
    mine = person.old & (person.arms == side + 1)
    most = 0.19 * person.span
    steps = np.arange(0, most, 1.0)
    x = np.clip(np.rint(at[0] + outer[0] * steps), 0, width - 1).astype(int)
    y = np.clip(np.rint(at[1] + outer[1] * steps), 0, height - 1).astype(int)
    there = mine[y, x]
    return float(steps[np.flatnonzero(there)[-1]] + 1.5) if there.any() else 0.0


def _extended(edges: np.ndarray) -> np.ndarray:
    """A little beyond the last station, where the cloth's own edge ends."""
    last = edges[-1] + 0.4 * (edges[-1] - edges[-2])
    return np.concatenate([edges, last[None]])
