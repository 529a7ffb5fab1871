"""Where the product stands on the canvas, and how large it is there."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.imaging.alpha import bounding_box, resample
from prodimages.imaging.types import PlacedProduct

MAX_ENLARGEMENT = 1.5
_HEADROOM = 0.04
"""Share of the canvas's height that a standing product leaves free above it."""
_MARGIN = 4
"""Pixels around the box into which the soft rim may reach."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placement:
    box: tuple[int, int, int, int]
    """left, top, right, bottom on the canvas in pixels; within it, but for bleeding edges."""
    scale: float
    """Canvas pixels per photo pixel."""
    wanted_scale: float
    """What the scale would be without the cap on enlargement."""


def plan_placement(
    product: tuple[int, int],
    canvas: tuple[int, int],
    *,
    fill: float,
    align: str = "center",
    ground: float = 0.86,
    bleeds: frozenset[str] = frozenset(),
) -> Placement:
    """Fit a product of (width, height) photo pixels into a canvas of (width, height).

    ``fill`` (0..1) is the share of the canvas that the product takes in the dimension
    that limits it. ``align`` is ``center`` or ``ground``; then the product's lowest point
    stands at the fraction ``ground`` of the height. Where the photo cut the product, its
    box lies flush with the same edge of the canvas.
    """
    width, height = product
    room = fill * canvas[1]
    if align == "ground" and "bottom" not in bleeds:
        room = min(room, (ground - _HEADROOM) * canvas[1])
    wanted = min(fill * canvas[0] / width, room / height)
    if {"left", "right"} <= bleeds:
        wanted = max(wanted, canvas[0] / width)
    if {"top", "bottom"} <= bleeds:
        wanted = max(wanted, canvas[1] / height)
    scale = min(wanted, MAX_ENLARGEMENT)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (canvas[0] - size[0]) // 2, (canvas[1] - size[1]) // 2
    if align == "ground":
        top = round(ground * canvas[1]) - size[1]
    left, top = _flush(left, top, size, canvas, bleeds)
    box = (left, top, left + size[0], top + size[1])
    return Placement(box=box, scale=scale, wanted_scale=wanted)


def place(
    foreground: np.ndarray,
    alpha: np.ndarray,
    canvas: tuple[int, int],
    placement: Placement,
    *,
    width_cm: float | None = None,
    bleeds: frozenset[str] = frozenset(),
) -> PlacedProduct:
    """Resample the product to its box on a canvas of (width, height). Never mirrors."""
    source = bounding_box(alpha)
    if source is None:
        raise ValueError("there is no product to place")
    rgb, matte = _paste(foreground, alpha, source, canvas, placement.box)
    return PlacedProduct(
        rgb=rgb,
        alpha=matte,
        box=placement.box,
        scale=placement.scale,
        width_cm=width_cm,
        bleeds=bleeds,
    )


def _flush(
    left: int,
    top: int,
    size: tuple[int, int],
    canvas: tuple[int, int],
    bleeds: frozenset[str],
) -> tuple[int, int]:
    if "left" in bleeds and "right" not in bleeds:
        left = 0
    elif "right" in bleeds and "left" not in bleeds:
        left = canvas[0] - size[0]
    if "top" in bleeds and "bottom" not in bleeds:
        top = 0
    elif "bottom" in bleeds and "top" not in bleeds:
        top = canvas[1] - size[1]
    return left, top


def _paste(
    foreground: np.ndarray,
    alpha: np.ndarray,
    source: tuple[int, int, int, int],
    canvas: tuple[int, int],
    box: tuple[int, int, int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Resample ``source`` of the photo to ``box`` of an empty canvas, rim included."""
    left, top, right, bottom = source
    across = (right - left) / (box[2] - box[0])
    down = (bottom - top) / (box[3] - box[1])
    pad = int(np.ceil(_MARGIN * max(across, down))) + 1
    part = np.s_[top:bottom, left:right]
    colors = np.pad(foreground[part], ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    matte = np.pad(alpha[part], pad)
    region = (
        pad - _MARGIN * across,
        pad - _MARGIN * down,
        pad + right - left + _MARGIN * across,
        pad + bottom - top + _MARGIN * down,
    )
    size = box[2] - box[0] + 2 * _MARGIN, box[3] - box[1] + 2 * _MARGIN
    small, small_alpha = resample(colors, matte, region, size)

    rgb = np.zeros((canvas[1], canvas[0], 3), dtype=np.uint8)
    placed_alpha = np.zeros((canvas[1], canvas[0]), dtype=np.float32)
    x, y = box[0] - _MARGIN, box[1] - _MARGIN
    seen = np.s_[max(0, y) : min(canvas[1], y + size[1]), max(0, x) : min(canvas[0], x + size[0])]
    taken = np.s_[seen[0].start - y : seen[0].stop - y, seen[1].start - x : seen[1].stop - x]
    rgb[seen], placed_alpha[seen] = small[taken], small_alpha[taken]
    return rgb, placed_alpha
