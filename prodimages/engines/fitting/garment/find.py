"""Finds the marks of a top in its photo."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image
from scipy import ndimage

from prodimages.engines.fitting.garment.armpits import armpits_of
from prodimages.engines.fitting.garment.marks import Marks
from prodimages.engines.fitting.garment.neckline import neck_drop
from prodimages.engines.fitting.garment.outline import Outline, outline_of
from prodimages.engines.fitting.garment.refusal import refused
from prodimages.engines.fitting.garment.shoulders import (
    Yoke,
    collar_of,
    sleeve_start,
    strap_end,
    yoke_of,
)
from prodimages.engines.fitting.garment.sleeves import refuse_folded, sleeve_of
from prodimages.engines.fitting.parts import largest
from prodimages.imaging.pose import Point

_SIDE = 480
"""Longest side in pixels at which outlines are read."""


def find_marks(rgb: np.ndarray, alpha: np.ndarray) -> Marks:
    """(H, W, 3) uint8 and (H, W) 0..1 of the garment alone.

    Raises JobFailure(GARMENT) in words where the outline is not that of a top.
    """
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX))
    color = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
    found = _read(outline_of(_whole(small > 0.5)), color)
    return found.scaled((width / size[0], height / size[1]))


def _whole(mask: np.ndarray) -> np.ndarray:
    part = largest(mask)
    if part is None:
        raise refused(_("No garment was found in the product's photo."))
    return ndimage.binary_fill_holes(part)


def _read(outline: Outline, color: np.ndarray) -> Marks:
    armpits, has_sleeves = armpits_of(outline)
    yoke = yoke_of(outline, armpits)
    _refuse_hidden_body(outline, yoke)
    tips = tuple(_tip(outline, yoke, side, has_sleeves) for side in (0, 1))
    collar = collar_of(yoke, tips)
    _refuse_long(outline, yoke, tips)
    sleeves = tuple(
        sleeve_of(outline.mask, tips[side], armpits[side], side) if has_sleeves else None
        for side in (0, 1)
    )
    refuse_folded(sleeves, yoke.half)
    return Marks(
        collar=collar,
        tips=tips,
        slopes=tuple(
            yoke.on_roof((end[0] + tip[0]) / 2) for end, tip in zip(collar, tips, strict=True)
        ),
        armpits=armpits,
        hem=outline.hem_ends,
        sides=tuple(outline.side(side, armpits[side][1]) for side in (0, 1)),
        neck_drop=neck_drop(outline.mask, color, collar),
        sleeves=sleeves,
    )


def _tip(outline: Outline, yoke: Yoke, side: int, has_sleeves: bool) -> Point:
    if has_sleeves:
        return sleeve_start(yoke, side)
    return strap_end(yoke, side, outline.hem - outline.top)


def _refuse_hidden_body(outline: Outline, yoke: Yoke) -> None:
    if yoke.half < 0.08 * outline.width or yoke.half < 0.1 * outline.height:
        raise refused(
            _("The garment's body can't be told from its sleeves; spread them in the photo.")
        )


def _refuse_long(outline: Outline, yoke: Yoke, tips: tuple[Point, Point]) -> None:
    length = outline.hem - (tips[0][1] + tips[1][1]) / 2
    if length > 4.2 * yoke.half:
        raise refused(
            _("The garment is longer than a top; dresses and coats can't be tried on so far.")
        )
