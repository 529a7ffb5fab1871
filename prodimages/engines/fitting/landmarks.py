"""Shoulders, neck, elbows, wrists and hips of a standing person, by plain geometry.

Read from the silhouette, and from the box of the face where one was found: no model of bodies is
involved, so that a person looks at the result and corrects it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.pose import Pose

_SIDE = 400
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

# Lengths of a grown body as shares of the distance between the shoulders' ends.
_ARM = 0.80
"""From the shoulder to the elbow, and from there to the wrist."""
_TRUNK = 1.28
"""From the shoulders down to the hips."""
_LOWEST_SHOULDER = 0.72
"""Heads below the chin at which a shoulder ends at the latest; elbows may stick out farther."""
_WIDEST_SHOULDER = 0.95
"""Heads from the middle to a shoulder's end at most."""
_HIPS = 0.80
"""Between the hips."""
_SPECK = 0.004
"""Share of a body's area up to which a hole in it is a mistake of the cut-out."""
_LEAST_HEAD = 0.08
"""Share of what is seen of a body, its whole length included, that is skull and not shoulders."""


@dataclasses.dataclass(frozen=True)
class _Body:
    mask: np.ndarray
    left: np.ndarray
    """First column of the mask by row; the width where a row is empty."""
    right: np.ndarray
    top: int
    bottom: int


def find_pose(alpha: np.ndarray, face: Box | None = None) -> Pose:
    """(H, W) 0..1 of the person, and the face in pixels of the same picture.

    Raises JobFailure(PERSON) in words where shoulders can't be told.
    """
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX))
    body = _body(small > 0.5)
    mine = None if face is None else tuple(value * scale for value in face)
    chin, axis, head = _head(body, mine)
    shoulders = _shoulders(body, chin, axis, head)
    points = _joints(body, shoulders, chin)
    return Pose.from_pixels(points, *size)


def _body(mask: np.ndarray) -> _Body:
    labels, count = ndimage.label(mask)
    if not count:
        raise _refused(_("No person was found in the photo."))
    sizes = ndimage.sum_labels(mask, labels, range(1, count + 1))
    mask = _without_specks(labels == 1 + int(np.argmax(sizes)))
    if mask.mean() < 0.02:
        raise _refused(_("The person is too small in the photo."))
    rows = np.flatnonzero(mask.any(axis=1))
    width = mask.shape[1]
    left = np.where(mask.any(axis=1), mask.argmax(axis=1), width)
    right = np.where(mask.any(axis=1), width - 1 - mask[:, ::-1].argmax(axis=1), -1)
    return _Body(mask, left, right, int(rows[0]), int(rows[-1]))


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """With its small holes filled; a larger one is what an arm encloses, whose hand rests on the
    body.
    """
    holes, count = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    sizes = ndimage.sum_labels(holes > 0, holes, range(1, count + 1))
    small = 1 + np.flatnonzero(np.asarray(sizes) < _SPECK * mask.sum())
    return np.asarray(mask | np.isin(holes, small))


def _head(body: _Body, face: Box | None) -> tuple[float, float, float]:
    """Row of the chin, column of the neck, and the head's height."""
    if face is not None:
        left, top, right, bottom = face
        side = bottom - top
        return bottom + 0.10 * side, (left + right) / 2, 1.35 * side
    wide = np.clip(body.right - body.left + 1, 0, None).astype(float)  # an empty row has no width
    wide = ndimage.gaussian_filter1d(wide, 1.5)
    top = body.top
    onset, head = _onset(wide, top, body.bottom)
    # A neck that hair leaves free is the narrowest row above the shoulders' onset.
    span = np.arange(top + round(0.55 * head), onset)
    neck = int(span[np.argmin(wide[span])]) if len(span) else onset
    if wide[neck] > 0.9 * head:
        neck = max(onset - round(0.25 * head), top + 1)
    rows = np.arange(top + round(0.2 * head), top + round(0.8 * head) + 1)
    axis = float(np.median((body.left[rows] + body.right[rows]) / 2))
    return float(neck) - 0.04 * head, axis, max(float(neck - top), 0.9 * head)


def _onset(wide: np.ndarray, top: int, bottom: int) -> tuple[int, float]:
    """The row at which the outline spreads from the head, or the hair about it, to the shoulders,
    and the head's width.
    """
    skull = max(6, round(_LEAST_HEAD * (bottom - top)))
    for row in range(top + skull, bottom):
        deep = row - top
        head = float(np.median(wide[top + deep // 4 : top + 3 * deep // 4 + 1]))
        if deep > 0.8 * head and wide[row] > 1.45 * head:
            return row, head
    raise _cut_at_shoulders()


def _shoulders(body: _Body, chin: float, axis: float, head: float) -> tuple[Point, Point]:
    """Where the outline turns from the slope of the shoulders down to the arms."""
    found = []
    for sign in (-1, 1):
        edge = (body.left if sign < 0 else body.right).astype(float)
        first = int(max(chin, body.top + 1))
        last = int(min(chin + _LOWEST_SHOULDER * head, body.bottom))
        rows = np.arange(first, last + 1)
        if len(rows) < 4:
            raise _cut_at_shoulders()
        reach = (edge[rows] - axis) * sign
        # The farthest point in the direction between outward and up is the corner.
        reach = ndimage.gaussian_filter1d(reach, 1.0)
        corner = int(np.argmax(reach - 1.0 * (rows - first)))
        for weight in (0.9, 0.75, 0.6):
            candidate = int(np.argmax(reach - weight * (rows - first)))
            if reach[candidate] > 1.05 * reach[corner] and candidate > corner:
                corner = candidate
        if reach[corner] > _WIDEST_SHOULDER * head:  # the elbow of an arm held out
            corner = int(np.argmax(reach >= _WIDEST_SHOULDER * head))
        if reach[corner] < 0.35 * head:
            raise _cut_at_shoulders()
        found.append((axis + sign * reach[corner], float(rows[corner])))
    (ax, ay), (bx, by) = found
    if min(axis - ax, bx - axis) < 0.3 * (bx - ax):
        # One side is hidden by an arm or hair: mirror the nearer one.
        near = min(axis - ax, bx - axis)
        ax, bx = axis - max(near, 0.42 * (bx - ax)), axis + max(near, 0.42 * (bx - ax))
    inset = 0.035 * (bx - ax)
    return (ax + inset, ay + inset), (bx - inset, by + inset)


def _joints(body: _Body, shoulders: tuple[Point, Point], chin: float) -> dict[str, Point]:
    (ax, ay), (bx, by) = shoulders
    span = float(np.hypot(bx - ax, by - ay))
    middle, level = (ax + bx) / 2, (ay + by) / 2
    neck = (middle, max(chin + 0.10 * span, level - 0.06 * span))
    hips = _hips(body, middle, level, span)
    points = {
        "neck": neck,
        "left_shoulder": (ax, ay),
        "right_shoulder": (bx, by),
        "left_hip": hips[0],
        "right_hip": hips[1],
    }
    for name, sign, start, hip in (
        ("left", -1, (ax, ay), hips[0]),
        ("right", 1, (bx, by), hips[1]),
    ):
        elbow, wrist = _arm(body, start, hip, sign, span)
        points[f"{name}_elbow"], points[f"{name}_wrist"] = elbow, wrist
    return points


def _hips(body: _Body, middle: float, level: float, span: float) -> tuple[Point, Point]:
    row = level + _TRUNK * span
    half = _HIPS * span / 2
    left, right = middle - half, middle + half
    if row < body.bottom:
        run = _run(body.mask[int(row)], middle)
        if run is not None and 0.5 * span < run[1] - run[0] < 1.15 * span:
            left, right = (float(side) for side in run)  # the arms are off the body here
    return (left, row), (right, row)


def _run(line: np.ndarray, at: float) -> tuple[int, int] | None:
    """First and last column of the run that ``at`` is in."""
    middle = int(np.clip(round(at), 0, len(line) - 1))
    if not line[middle]:
        return None
    before, after = np.flatnonzero(~line[:middle]), np.flatnonzero(~line[middle:])
    first = int(before[-1]) + 1 if before.size else 0
    last = middle + int(after[0]) - 1 if after.size else len(line) - 1
    return first, last


def _arm(body: _Body, start: Point, hip: Point, sign: int, span: float) -> tuple[Point, Point]:
    """Elbow and wrist: along the limb where it is off the body, else down along the side."""
    limb = _limb(body, start, hip, sign, span)
    if limb is not None:
        return limb
    edge = body.left if sign < 0 else body.right
    points = []
    for share in (1.0, 2.0):
        row = start[1] + share * _ARM * span * 0.97
        x = start[0] + sign * 0.02 * span
        if row < body.bottom:
            outer = float(edge[int(row)])
            if abs(outer - start[0]) < 0.6 * span:
                x = outer - sign * 0.09 * span
        points.append((x, row))
    return points[0], points[1]


def _limb(
    body: _Body, start: Point, hip: Point, sign: int, span: float
) -> tuple[Point, Point] | None:
    """Joints of an arm that leaves a gap to the body: its part beyond the gap, followed down."""
    outside = []
    for row in range(int(start[1] + 0.35 * span), min(body.bottom, int(start[1] + 2.3 * span))):
        line = body.mask[row]
        run = _run(line, (start[0] + hip[0]) / 2 - sign * 0.2 * span)
        if run is None:
            continue
        edge = body.left[row] if sign < 0 else body.right[row]
        inner = run[0] if sign < 0 else run[1]
        if (inner - edge) * -sign > 0.06 * span:  # another run lies beyond the body's
            beyond = np.flatnonzero(line[:inner] if sign < 0 else line[inner + 1 :])
            columns = beyond if sign < 0 else beyond + inner + 1
            outside.append((row, float(columns.mean())))
    if len(outside) < 0.35 * span:
        return None
    rows = np.array([row for row, _x in outside])
    columns = np.array([x for _row, x in outside])
    way = np.hypot(*np.subtract((columns[-1], rows[-1]), start))
    end = (float(columns[-3:].mean()), float(rows[-1]))
    outward = int(np.argmax(columns * sign))
    if way > 1.75 * _ARM * span or outward > 0.8 * len(columns):
        # The limb ends with the hand's fingertips; the wrist is a hand's length before.
        share = 1 - min(0.40 * span / way, 0.25)
        wrist = _at(rows, columns, start[1] + share * (end[1] - start[1]))
        elbow = _at(rows, columns, start[1] + 0.5 * share * (end[1] - start[1]))
    else:
        # The hand rests on the body: the gap closes at the wrist.
        wrist = end
        elbow = (float(columns[outward]), float(rows[outward]))
    return elbow, wrist


def _at(rows: np.ndarray, columns: np.ndarray, row: float) -> Point:
    near = np.argsort(np.abs(rows - row))[:3]
    return float(columns[near].mean()), float(row)


def _cut_at_shoulders() -> JobFailure:
    return _refused(
        _(
            "The shoulders can't be told in the photo. Take one from the front that shows you "
            "from the head to below the hips, with the arms a little off the body."
        )
    )


def _refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.PERSON, message)
