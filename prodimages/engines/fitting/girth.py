"""How wide the person's trunk is, row by row: what the sides of a garment go around."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.frame import Frame
from prodimages.engines.fitting.geometry import SIDES, SIGNS
from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True)
class Girth:
    """From the trunk's middle to its sides, in pixels."""

    first: int
    """The row that the tables begin with; a row above or below them is as wide as their ends."""
    tables: tuple[np.ndarray, np.ndarray]
    """By row, to the left and to the right; empty where no row of the trunk is in the photo."""
    span: float

    def half(self, row: float, side: int) -> float:
        table = self.tables[side]
        if not len(table):
            return 0.45 * self.span
        return float(table[int(np.clip(row - self.first, 0, len(table) - 1))])


def girth_of(person: Person, frame: Frame) -> Girth:
    """From the silhouette where the arms are off the body, else on the way from shoulder to hip."""
    first = int(frame.shoulders[1])
    end = int(min(frame.hips[1] + 0.35 * frame.span, person.alpha.shape[0]))
    left, right = (_table(person, frame, np.arange(first, end), side) for side in (0, 1))
    return Girth(first, (left, right), frame.span)


def _table(person: Person, frame: Frame, rows: np.ndarray, side: int) -> np.ndarray:
    usual = np.array([_usual(person, frame, row, side) for row in rows])
    if not len(usual):
        return usual
    seen = np.array(
        [_seen(person, frame, row, side, half) for row, half in zip(rows, usual, strict=True)]
    )
    steady = ndimage.median_filter(usual * _ratio(seen, usual), max(3, round(0.12 * frame.span)))
    return ndimage.gaussian_filter1d(steady, 0.04 * frame.span)


def _usual(person: Person, frame: Frame, row: int, side: int) -> float:
    """On the way from shoulder to hip, a little less at the waist."""
    name = SIDES[side]
    shoulder, hip = person.points[f"{name}_shoulder"], person.points[f"{name}_hip"]
    share = frame.share(row)
    start = abs(shoulder[0] - frame.shoulders[0]) * 0.90
    waist = 1 - 0.07 * np.sin(np.pi * np.clip(share, 0, 1))
    return float((start + (abs(hip[0] - frame.hips[0]) - start) * min(share, 1.0)) * waist)


def _seen(person: Person, frame: Frame, row: int, side: int, usual: float) -> float:
    """To where the silhouette ends; not a number where that is an arm's end, or an unlikely one."""
    line = person.alpha[row] > 0.5
    arm = person.arms[row] == side + 1
    middle = int(np.clip(round(frame.middle(row)), 0, len(line) - 1))
    outward = slice(middle, None, SIGNS[side])
    beyond = np.flatnonzero(~(line & ~arm)[outward])
    reach = float(beyond[0]) if beyond.size else usual
    # Where the arm begins before the background does, it hides the body's edge.
    is_hidden = bool(beyond.size and arm[outward][beyond[0]])
    return reach if not is_hidden and 0.72 * usual < reach < 1.3 * usual else np.nan


def _ratio(seen: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Between rows that were seen, as much wider than usual as those are."""
    known = np.isfinite(seen)
    if not known.any():
        return np.ones(len(usual))
    rows = np.arange(len(usual))
    return np.interp(rows, rows[known], seen[known] / usual[known])
