"""The outline of a garment's body: its sides by row, its hem, and what is no top at all."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from scipy import ndimage

from prodimages.engines.fitting.garment.refusal import refused
from prodimages.imaging.pose import Point


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outline:
    """In pixels of a small copy of the photo."""

    mask: np.ndarray
    """(h, w) bool: the garment without holes."""
    top: int
    bottom: int
    width: int
    """From its first column to its last one, sleeves included."""
    hem: int
    """The lowest row at which the body still has nearly its full width."""
    middle: float
    """Column of the body's middle."""
    edges: tuple[np.ndarray, np.ndarray]
    """First and last column, by row, of the run of the mask that the middle is in."""

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def hem_ends(self) -> tuple[Point, Point]:
        left, right = self.edges
        return (float(left[self.hem]), float(self.hem)), (float(right[self.hem]), float(self.hem))

    def side(self, side: int, start: float) -> tuple[Point, ...]:
        """Points between the row ``start`` and the hem, evenly spaced down."""
        rows = np.linspace(start, self.hem, 6)[1:-1]
        smooth = ndimage.median_filter(self.edges[side].astype(float), 7)
        return tuple((float(smooth[int(row)]), float(row)) for row in rows)


def outline_of(mask: np.ndarray) -> Outline:
    """Raises JobFailure(GARMENT) in words for what lies on its side and for trousers."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    top, bottom = int(rows[0]), int(rows[-1])
    width = int(columns[-1] - columns[0] + 1)
    if bottom - top + 1 < 0.45 * width:
        raise refused(
            _("The garment lies on its side or is folded; a photo of it upright is needed.")
        )
    middle = _middle(mask, top, bottom)
    edges = _edges(mask, round(middle), top, bottom)
    outline = Outline(
        mask=mask,
        top=top,
        bottom=bottom,
        width=width,
        hem=_hem(*edges, top, bottom),
        middle=middle,
        edges=edges,
    )
    if _is_trousers(outline):
        raise refused(_("This looks like trousers; only tops can be tried on so far."))
    return outline


def _middle(mask: np.ndarray, top: int, bottom: int) -> float:
    """Of the body: where most of the lower half is."""
    low = mask[top + (bottom - top) // 2 : bottom - (bottom - top) // 12]
    weights = low.sum(axis=0).astype(float)
    deep = weights > 0.8 * weights.max()
    return float(np.flatnonzero(deep).mean())


def _edges(mask: np.ndarray, at: int, top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
    height = len(mask)
    left, right = np.full(height, at), np.full(height, at)
    for row in range(top, bottom + 1):
        if mask[row].any():
            left[row], right[row] = _run_near(mask[row], at)
    return left, right


def _run_near(line: np.ndarray, at: int) -> tuple[int, int]:
    """First and last column of the run that ``at`` is in, or that is nearest to it."""
    near = np.flatnonzero(line)
    start = int(near[np.argmin(np.abs(near - at))])
    before, after = np.flatnonzero(~line[:start]), np.flatnonzero(~line[start:])
    first = int(before[-1]) + 1 if before.size else 0
    last = start + int(after[0]) - 1 if after.size else len(line) - 1
    return first, last


def _hem(left: np.ndarray, right: np.ndarray, top: int, bottom: int) -> int:
    low = slice(top + int(0.6 * (bottom - top)), bottom + 1)
    wide = right[low] - left[low]
    enough = np.flatnonzero(wide > 0.85 * np.percentile(wide, 75))
    return int(low.start + enough[-1])


def _is_trousers(outline: Outline) -> bool:
    """A gap in the middle that reaches far up from the hem."""
    at, hem = round(outline.middle), outline.hem
    low = outline.mask[hem - round(0.45 * outline.height) : hem + 1, max(at - 2, 0) : at + 3]
    return bool((~low.any(axis=1)).mean() > 0.5)
