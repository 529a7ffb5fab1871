"""Where on the canvas the marks of a garment's trunk go: at shoulders, neck, sides and middle."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from prodimages.engines.fitting.frame import Frame, frame_of
from prodimages.engines.fitting.garment.marks import Marks
from prodimages.engines.fitting.geometry import SIDES, SIGNS
from prodimages.engines.fitting.girth import girth_of
from prodimages.engines.fitting.wearer.person import Person
from prodimages.imaging.pose import Point

_BOXY = 1.14
"""How much wider than the body a top may hang."""
_PIT = 0.56
"""Shoulders' widths from the trunk's middle to an armpit at most."""


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Points that a spline takes to each other."""

    marks: np.ndarray
    """(N, 2) in the garment's photo."""
    places: np.ndarray
    """(N, 2) on the canvas."""

    def place_of(self, mark: Point) -> np.ndarray:
        nearest = np.argmin(np.hypot(*(self.marks - np.array(mark)).T))
        return self.places[int(nearest)]


@dataclasses.dataclass(frozen=True)
class _Task:
    """What is laid on whom."""

    marks: Marks
    person: Person
    scale: float
    frame: Frame

    @property
    def core(self) -> np.ndarray:
        """Between the ends of the garment's shoulders."""
        return np.add(*self.marks.tips) / 2

    @property
    def hem(self) -> float:
        """Column of the garment's middle at the hem."""
        return (self.marks.hem[0][0] + self.marks.hem[1][0]) / 2


_Pair = tuple[Point, np.ndarray]


def trunk_pairs(marks: Marks, person: Person, scale: float) -> Pairs:
    """For each mark but the sleeves' own its place; ``scale``: canvas pixels per photo pixel."""
    task = _Task(marks, person, scale, frame_of(person))
    tips = list(_tips(task))
    pairs = [*tips, *_collar(task, tips), *_sides(task), *_middle_line(task)]
    found, places = zip(*pairs, strict=True)
    return Pairs(np.array(found), np.array(places))


def _tips(task: _Task) -> Iterator[_Pair]:
    """A sleeve begins at the shoulder's end; a strap lies somewhere on the slope."""
    for side, mark in enumerate(task.marks.tips):
        place = _shoulder(task.person, side)
        if task.marks.sleeves[side] is None:
            place = _on_slope(task, mark, side, 0.2, 0.5)
        yield mark, _on_outline(task.person, place)


def _collar(task: _Task, tips: list[_Pair]) -> Iterator[_Pair]:
    """The collar's ends, and what is half-way from them to the shoulders' ends."""
    for side, mark in enumerate(task.marks.collar):
        end = _on_outline(task.person, _on_slope(task, mark, side, 0.13, 0.34))
        yield mark, end
        tip = tips[side][1]
        yield task.marks.slopes[side], _on_outline(task.person, (end + tip) / 2)


def _sides(task: _Task) -> Iterator[_Pair]:
    """Armpits, sides and hem: as wide as the garment is, if neither tight nor a tent."""
    marks, frame = task.marks, task.frame
    girth = girth_of(task.person, frame)
    for side, sign in enumerate(SIGNS):
        below = [*marks.sides[side], marks.hem[side]]
        limits = [(marks.armpits[side], _PIT * frame.span), *((mark, np.inf) for mark in below)]
        for mark, most in limits:
            deep = float(mark[1] - task.core[1]) * task.scale
            at = frame.shoulders + frame.down * deep
            body = girth.half(at[1], side)
            half = abs(mark[0] - task.hem) * task.scale
            width = min(float(np.clip(half, 0.985 * body, _BOXY * body)), most)
            yield mark, at + frame.across * sign * width


def _middle_line(task: _Task) -> Iterator[_Pair]:
    """It keeps a print upright."""
    core, long = task.core, task.marks.length
    for share in (0.25, 0.6, 1.0):
        mark = (core[0] + share * (task.hem - core[0]), core[1] + share * long)
        yield mark, task.frame.shoulders + task.frame.down * share * (long * task.scale)


def _shoulder(person: Person, side: int) -> np.ndarray:
    return np.array(person.points[f"{SIDES[side]}_shoulder"])


def _on_slope(task: _Task, mark: Point, side: int, least: float, most: float) -> np.ndarray:
    """As far out on the shoulder's slope as ``mark`` is from the garment's middle; ``least`` and
    ``most`` are shares of the shoulders' width.
    """
    span = task.frame.span
    neck = np.array(task.person.points["neck"])
    base = neck - task.frame.down * 0.10 * span
    out = float(np.clip(abs(mark[0] - task.core[0]) * task.scale, least * span, most * span))
    share = np.clip((out - 0.16 * span) / (0.34 * span), 0, 1)
    row = (base + (_shoulder(task.person, side) - base) * share)[1]
    return np.array([neck[0] + SIGNS[side] * out, row])


def _on_outline(person: Person, place: np.ndarray) -> np.ndarray:
    """``place``, raised to the outline of the shoulders where that is near: cloth lies on them."""
    height, width = person.alpha.shape
    column = int(np.clip(round(float(place[0])), 0, width - 1))
    first = int(np.clip(place[1] - 0.16 * person.span, 0, height - 1))
    last = int(np.clip(place[1] + 0.05 * person.span, first + 1, height))
    run = (person.alpha[first:last, column] > 0.5) & ~person.protected[first:last, column]
    there = np.flatnonzero(run)
    if not there.size:
        return place
    return np.array([place[0], float(first + there[0]) - 0.01 * person.span])
