"""Finds a person's joints in a cut-out."""

from __future__ import annotations

import numpy as np
from PIL import Image

from prodimages.engines.fitting.geometry import SIDES, Box
from prodimages.engines.fitting.landmarks.arms import arm_of
from prodimages.engines.fitting.landmarks.body import Body, body_of, run_about
from prodimages.engines.fitting.landmarks.head import head_by_face, head_by_outline
from prodimages.engines.fitting.landmarks.shoulders import shoulders_of
from prodimages.imaging.pose import Point, Pose

_SIDE = 400
"""Longest side in pixels at which silhouettes are read."""

# Lengths of a grown body as shares of the distance between the shoulders' ends.
_TRUNK = 1.28
"""From the shoulders down to the hips."""
_HIPS = 0.80
"""Between the hips."""


def find_pose(alpha: np.ndarray, face: Box | None = None) -> Pose:
    """(H, W) 0..1 of the person, and the face in pixels of the same picture.

    Raises JobFailure(PERSON) in words where shoulders can't be told.
    """
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX))
    body = body_of(small > 0.5)
    if face is None:
        head = head_by_outline(body)
    else:
        head = head_by_face(tuple(value * scale for value in face))
    points = _joints(body, shoulders_of(body, head), head.chin)
    return Pose.from_pixels(points, *size)


def _joints(body: Body, shoulders: tuple[Point, Point], chin: float) -> dict[str, Point]:
    (ax, ay), (bx, by) = shoulders
    span = float(np.hypot(bx - ax, by - ay))
    middle, level = (ax + bx) / 2, (ay + by) / 2
    hips = _hips(body, middle, level, span)
    points = {"neck": (middle, max(chin + 0.10 * span, level - 0.06 * span))}
    for side, name in enumerate(SIDES):
        shoulder, hip = shoulders[side], hips[side]
        elbow, wrist = arm_of(body, shoulder, hip, side, span)
        points |= {
            f"{name}_shoulder": shoulder,
            f"{name}_elbow": elbow,
            f"{name}_wrist": wrist,
            f"{name}_hip": hip,
        }
    return points


def _hips(body: Body, middle: float, level: float, span: float) -> tuple[Point, Point]:
    row = level + _TRUNK * span
    half = _HIPS * span / 2
    left, right = middle - half, middle + half
    if row < body.bottom:
        run = run_about(body.mask[int(row)], middle)
        if run is not None and 0.5 * span < run[1] - run[0] < 1.15 * span:
            left, right = (float(side) for side in run)  # the arms are off the body here
    return (left, row), (right, row)
