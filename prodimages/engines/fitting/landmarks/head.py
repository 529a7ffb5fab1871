"""Where the head ends and how large it is: by the face, or by the outline alone."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from prodimages.engines.fitting.geometry import Box
from prodimages.engines.fitting.landmarks.body import Body
from prodimages.engines.fitting.landmarks.refusal import cut_at_shoulders

_LEAST_HEAD = 0.08
"""Share of what is seen of a body, its whole length included, that is skull and not shoulders."""


@dataclasses.dataclass(frozen=True)
class Head:
    chin: float
    """Its row."""
    axis: float
    """Column of the neck."""
    height: float


def head_by_face(face: Box) -> Head:
    left, top, right, bottom = face
    side = bottom - top
    return Head(bottom + 0.10 * side, (left + right) / 2, 1.35 * side)


def head_by_outline(body: Body) -> Head:
    """Raises JobFailure(PERSON) in words where no shoulders follow the head."""
    left, right = body.edges
    wide = np.clip(right - left + 1, 0, None).astype(float)  # an empty row has no width
    wide = ndimage.gaussian_filter1d(wide, 1.5)
    top = body.top
    onset, across = _onset(wide, top, body.bottom)
    neck = _neck(wide, top, onset, across)
    rows = np.arange(top + round(0.2 * across), top + round(0.8 * across) + 1)
    axis = float(np.median((left[rows] + right[rows]) / 2))
    return Head(float(neck) - 0.04 * across, axis, max(float(neck - top), 0.9 * across))


def _onset(wide: np.ndarray, top: int, bottom: int) -> tuple[int, float]:
    """The row at which the outline spreads from the head, or the hair about it, to the shoulders,
    and the head's width.
    """
    skull = max(6, round(_LEAST_HEAD * (bottom - top)))
    for row in range(top + skull, bottom):
        deep = row - top
        across = float(np.median(wide[top + deep // 4 : top + 3 * deep // 4 + 1]))
        if deep > 0.8 * across and wide[row] > 1.45 * across:
            return row, across
    raise cut_at_shoulders()


def _neck(wide: np.ndarray, top: int, onset: int, across: float) -> int:
    """A neck that hair leaves free is the narrowest row above the shoulders' onset."""
    rows = np.arange(top + round(0.55 * across), onset)
    neck = int(rows[np.argmin(wide[rows])]) if len(rows) else onset
    return neck if wide[neck] <= 0.9 * across else max(onset - round(0.25 * across), top + 1)
