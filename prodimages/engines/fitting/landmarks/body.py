"""A person's silhouette, and its outer columns by row."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from scipy import ndimage

from prodimages.engines.fitting.landmarks.refusal import refused
from prodimages.engines.fitting.parts import largest

_SPECK = 0.004
"""Share of a body's area up to which a hole in it is a mistake of the cut-out."""


@dataclasses.dataclass(frozen=True)
class Body:
    """In pixels of a small copy of the photo."""

    mask: np.ndarray
    edges: tuple[np.ndarray, np.ndarray]
    """First and last column of the mask by row; its width and -1 where a row is empty."""
    top: int
    bottom: int


def body_of(mask: np.ndarray) -> Body:
    """Raises JobFailure(PERSON) in words for nobody and for somebody too far away."""
    part = largest(mask)
    if part is None:
        raise refused(_("No person was found in the photo."))
    mask = _without_specks(part)
    if mask.mean() < 0.02:
        raise refused(_("The person is too small in the photo."))
    rows = np.flatnonzero(mask.any(axis=1))
    width = mask.shape[1]
    left = np.where(mask.any(axis=1), mask.argmax(axis=1), width)
    right = np.where(mask.any(axis=1), width - 1 - mask[:, ::-1].argmax(axis=1), -1)
    return Body(mask, (left, right), int(rows[0]), int(rows[-1]))


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """With its small holes filled; a larger one is what an arm encloses, whose hand rests on the
    body.
    """
    holes, count = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    sizes = ndimage.sum_labels(holes > 0, holes, range(1, count + 1))
    small = 1 + np.flatnonzero(np.asarray(sizes) < _SPECK * mask.sum())
    return np.asarray(mask | np.isin(holes, small))


def run_about(line: np.ndarray, at: float) -> tuple[int, int] | None:
    """First and last column of the run of a row that ``at`` is in; None where it is in none."""
    middle = int(np.clip(round(at), 0, len(line) - 1))
    if not line[middle]:
        return None
    before, after = np.flatnonzero(~line[:middle]), np.flatnonzero(~line[middle:])
    first = int(before[-1]) + 1 if before.size else 0
    last = middle + int(after[0]) - 1 if after.size else len(line) - 1
    return first, last
