"""Elbow and wrist: along the limb where it is off the body, else down along the side."""

from __future__ import annotations

import numpy as np

from prodimages.engines.fitting.geometry import SIGNS
from prodimages.engines.fitting.landmarks.body import Body, run_about
from prodimages.imaging.pose import Point

_ARM = 0.80
"""Shoulders' widths from the shoulder to the elbow, and from there to the wrist."""
_HAND = 0.40
"""Shoulders' widths from the wrist to the fingertips."""


def arm_of(body: Body, shoulder: Point, hip: Point, side: int, span: float) -> tuple[Point, Point]:
    """``span``: pixels between the shoulders."""
    rows, columns = _beyond_gap(body, shoulder, hip, side, span)
    if len(rows) < 0.35 * span:
        return _along_side(body, shoulder, side, span)
    way = np.hypot(*np.subtract((columns[-1], rows[-1]), shoulder))
    outward = int(np.argmax(columns * SIGNS[side]))
    if way > 1.75 * _ARM * span or outward > 0.8 * len(columns):
        return _hanging(rows, columns, shoulder, min(_HAND * span / way, 0.25))
    # The hand rests on the body: the gap closes at the wrist.
    wrist = (float(columns[-3:].mean()), float(rows[-1]))
    return (float(columns[outward]), float(rows[outward])), wrist


def _beyond_gap(
    body: Body, shoulder: Point, hip: Point, side: int, span: float
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and middle columns of the part of an arm between which and the body is a gap."""
    sign = SIGNS[side]
    trunk = (shoulder[0] + hip[0]) / 2 - sign * 0.2 * span
    first, end = int(shoulder[1] + 0.35 * span), int(shoulder[1] + 2.3 * span)
    rows, columns = [], []
    for row in range(first, min(body.bottom, end)):
        line = body.mask[row]
        run = run_about(line, trunk)
        if run is None:
            continue
        inner = run[side]
        if (inner - body.edges[side][row]) * -sign > 0.06 * span:  # another run lies beyond
            beyond = slice(0, inner) if side == 0 else slice(inner + 1, None)
            rows.append(row)
            columns.append(float((np.flatnonzero(line[beyond]) + beyond.start).mean()))
    return np.array(rows), np.array(columns)


def _hanging(
    rows: np.ndarray, columns: np.ndarray, shoulder: Point, hand: float
) -> tuple[Point, Point]:
    """The limb ends with the hand's fingertips; the wrist is a hand's length before, ``hand`` as a
    share of the whole.
    """
    share = 1 - hand
    deep = float(rows[-1]) - shoulder[1]
    elbow = _at(rows, columns, shoulder[1] + 0.5 * share * deep)
    return elbow, _at(rows, columns, shoulder[1] + share * deep)


def _at(rows: np.ndarray, columns: np.ndarray, row: float) -> Point:
    near = np.argsort(np.abs(rows - row))[:3]
    return float(columns[near].mean()), float(row)


def _along_side(body: Body, shoulder: Point, side: int, span: float) -> tuple[Point, Point]:
    sign = SIGNS[side]
    points = []
    for share in (1.0, 2.0):
        row = shoulder[1] + share * _ARM * span * 0.97
        x = shoulder[0] + sign * 0.02 * span
        if row < body.bottom:
            outer = float(body.edges[side][int(row)])
            if abs(outer - shoulder[0]) < 0.6 * span:
                x = outer - sign * 0.09 * span
        points.append((x, row))
    return points[0], points[1]
