"""The line through an arm that a sleeve is drawn over."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import SIDES, SIGNS, unit
from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True)
class Bone:
    path: np.ndarray
    """(N, 2) points along the arm, a pixel apart."""

    @property
    def length(self) -> float:
        return float(len(self.path) - 1)

    def at(self, way: float) -> tuple[np.ndarray, np.ndarray]:
        """The point so many pixels down the arm, and the direction there."""
        index = int(np.clip(round(way), 0, len(self.path) - 1))
        before, after = max(index - 6, 0), min(index + 6, len(self.path) - 1)
        return self.path[index], unit(self.path[after] - self.path[before])


def bone_of(person: Person, side: int) -> Bone:
    """From inside the shoulder by the elbow to a little beyond the wrist, rounded at the elbow."""
    shoulder, elbow, wrist = (
        np.array(person.points[f"{SIDES[side]}_{joint}"], float)
        for joint in ("shoulder", "elbow", "wrist")
    )
    inset = 0.10 * person.span
    start = shoulder + np.array([-SIGNS[side] * inset * 0.55, inset * 0.55])
    beyond = wrist + (wrist - elbow) * 0.08
    corner = np.concatenate([np.linspace(start, elbow, 60)[:-1], np.linspace(elbow, beyond, 60)])
    return Bone(_evenly(ndimage.gaussian_filter1d(corner, 5.0, axis=0, mode="nearest")))


def _evenly(path: np.ndarray) -> np.ndarray:
    """Points of the same path, a pixel apart."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    run = np.concatenate([[0], np.cumsum(steps)])
    stations = np.arange(0, run[-1], 1.0)
    return np.stack([np.interp(stations, run, path[:, axis]) for axis in (0, 1)], axis=1)
