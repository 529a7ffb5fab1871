"""Which side a product is lit from, as far as the shading inside its outline tells.

Light is told from paint by how fast it changes: along each row of the product the slow
changes of luminance are summed and the sudden ones, edges of color, left out (Land,
McCann: Lightness and Retinex Theory, 1971). A body that bulges towards the viewer is
brighter on the lamp's side all along its height, and paint rarely is. Where the rows
disagree, or most of a row is pattern, nothing is said.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.color import luminance

_SIDE = 192
"""Longest side in pixels of the product as it is looked at; grain averages out."""
_LEAST_WIDTH = 14
"""Pixels that a row must be wide to count."""
_LEAST_ROWS = 24
_EDGE = 0.10
"""Change of log luminance from pixel to pixel from which on it is taken for paint."""
_FLANK = 9 / 32
"""Share of a row that is its left, and its right, flank."""
_CLIPPED, _BLACK = 252, 10
_LEAST_DROP = 0.2
"""Log luminance: a lit flank 1.22 times as bright as the other."""
_LEAST_AGREEMENT = 0.7
_LEAST_SMOOTH = 0.5
_LEAST_SHARE = 0.35
"""Of the whole difference between the flanks that must be shading."""
_NOTICEABLE = 0.06
_HARD = 5.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class KeyLight:
    """The lamp that a product was photographed under."""

    side: str
    """``left`` or ``right`` in the photo."""
    ratio: float
    """Lighting ratio: luminance of the lit flank over that of the shaded one, over 1."""

    @property
    def is_hard(self) -> bool:
        """Sun or a bare lamp with little fill. A large window gives a ratio of 2 to 4."""
        return self.ratio >= _HARD


def key_light(rgb: np.ndarray, alpha: np.ndarray) -> KeyLight | None:
    """The light on an (H, W, 3) uint8 product within its (H, W) alpha; None where unclear.

    Flash, flat goods, patterns, mirrors and light from straight ahead are unclear.
    """
    rows = _rows(rgb, alpha)
    if len(rows) < _LEAST_ROWS:
        return None
    shading, whole, smooth = np.array(rows).T
    drop, difference = float(np.median(shading)), float(np.median(whole))
    lit_right = drop > 0
    agrees = ((shading > 0) == lit_right) & (np.abs(shading) > _NOTICEABLE)
    is_clear = (
        abs(drop) >= _LEAST_DROP
        and agrees.mean() >= _LEAST_AGREEMENT
        and np.mean((whole > 0) == lit_right) >= _LEAST_AGREEMENT
        and difference * drop > 0
        and abs(drop) >= _LEAST_SHARE * abs(difference)
        and smooth.mean() >= _LEAST_SMOOTH
    )
    if not is_clear:
        return None
    ratio = float(np.exp(max(abs(drop), abs(difference))))
    return KeyLight(side="right" if lit_right else "left", ratio=round(min(ratio, 20.0), 2))


def _rows(rgb: np.ndarray, alpha: np.ndarray) -> list[tuple[float, float, float]]:
    """For each row: right flank less left one in log luminance, by shading alone and as
    it is, and the share of the row that is free of edges.
    """
    box = bounding_box(alpha, 0.5)
    if box is None:
        return []
    photo, matte = _reduced(rgb, alpha, box)
    usable = ndimage.binary_erosion(matte > 0.97)
    usable &= (photo.max(axis=-1) < _CLIPPED) & (photo.max(axis=-1) > _BLACK)
    light = ndimage.gaussian_filter1d(np.log(np.maximum(luminance(photo), 2e-3)), 0.7, axis=0)
    return [
        _flanks(values[start:stop])
        for values, row in zip(light, usable, strict=True)
        for start, stop in [_longest_run(row)]
        if stop - start >= _LEAST_WIDTH
    ]


def _flanks(values: np.ndarray) -> tuple[float, float, float]:
    steps = np.diff(values)
    is_smooth = np.abs(steps) < _EDGE
    shading = np.concatenate([[0.0], np.cumsum(np.where(is_smooth, steps, 0))])
    wide = max(1, round(_FLANK * len(values)))
    by_shading = shading[-wide:].mean() - shading[:wide].mean()
    as_it_is = values[-wide:].mean() - values[:wide].mean()
    return float(by_shading), float(as_it_is), float(is_smooth.mean())


def _reduced(
    rgb: np.ndarray, alpha: np.ndarray, box: tuple[int, int, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    left, top, right, bottom = box
    scale = min(1.0, _SIDE / max(right - left, bottom - top))
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))

    def small(plane: np.ndarray) -> np.ndarray:
        part = np.ascontiguousarray(plane[top:bottom, left:right])
        return np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BOX))

    return small(rgb), small(alpha.astype(np.float32))


def _longest_run(mask: np.ndarray) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    if not edges.size:
        return 0, 0
    longest = int(np.argmax(edges[1::2] - edges[::2]))
    return int(edges[2 * longest]), int(edges[2 * longest + 1])
