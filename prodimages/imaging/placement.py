"""Where the product stands on the canvas, and how large it is there."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.imaging.alpha import bounding_box, resample
from prodimages.imaging.fit import MAX_ENLARGEMENT, wanted_scale
from prodimages.imaging.rotation import Box, Extent, resample_turned, turned_extent
from prodimages.imaging.types import PlacedProduct

_MARGIN = 4
"""Pixels around the box into which the soft rim may reach."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ByHand:
    """What staff changed of the default place."""

    x: float = 0.0
    y: float = 0.0
    """To the right and down, as fractions of the canvas's width and height."""
    factor: float = 1.0
    """On the size that ``fill`` gives."""
    rotation: float = 0.0
    """In degrees, clockwise."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placement:
    box: Box
    """left, top, right, bottom on the canvas in pixels; within it, but for bleeding edges."""
    scale: float
    """Canvas pixels per photo pixel."""
    wanted_scale: float
    """What the scale would be without the cap on enlargement."""
    middle: tuple[float, float]
    """Where the middle of the product's box in the photo comes to lie, in pixels."""
    rotation: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    """How far it lies from its default place, as fractions of the canvas."""
    was_shrunk: bool = False
    """Whether it had to be smaller than wanted to be seen as a whole."""
    was_moved: bool = False
    """Whether it would have stuck out over an edge at the place that was wanted."""
    shows_cuts: bool = False
    """Whether one of the edges that cut it lies within the canvas."""


def plan_placement(
    product: tuple[int, int],
    canvas: tuple[int, int],
    *,
    fill: float,
    align: str = "center",
    ground: float = 0.86,
    bleeds: frozenset[str] = frozenset(),
    by_hand: ByHand | None = None,
    extent: Extent | None = None,
    enlarge: float = MAX_ENLARGEMENT,
) -> Placement:
    """Fit a product of (width, height) photo pixels into a canvas of (width, height).

    ``fill`` (0..1) is the share of the canvas that the product takes in the dimension
    that limits it. ``align`` is ``center`` or ``ground``; then the product's lowest point
    stands at the fraction ``ground`` of the height. Where the photo cut the product, its
    box lies flush with the same edge of the canvas, or beyond. A turned product keeps
    the size that it has upright; ``extent`` is then what ``turned_extent`` gives.
    """
    width, height = product
    by_hand = by_hand or ByHand()
    extent = extent or (-width / 2, -height / 2, width / 2, height / 2)
    wanted = wanted_scale(
        product,
        canvas,
        fill=fill,
        align=align,
        ground=ground,
        bleeds=bleeds,
        factor=by_hand.factor,
    )
    whole = _largest_whole(extent, canvas, bleeds)
    scale = min(wanted, enlarge, whole)
    size = _size(extent, scale)
    start = _default(size, canvas, extent, scale, ground if align == "ground" else None)
    start = _flush(*start, size, canvas, bleeds)
    left = start[0] + round(by_hand.x * canvas[0])
    top = start[1] + round(by_hand.y * canvas[1])
    kept_left = _kept_inside(left, size[0], canvas[0], "left" in bleeds, "right" in bleeds)
    kept_top = _kept_inside(top, size[1], canvas[1], "top" in bleeds, "bottom" in bleeds)
    was_moved = (kept_left, kept_top) != (left, top)
    moved_by = (kept_left - start[0]) / canvas[0], (kept_top - start[1]) / canvas[1]
    box = kept_left, kept_top, kept_left + size[0], kept_top + size[1]
    return Placement(
        box=box,
        scale=scale,
        wanted_scale=wanted,
        middle=(kept_left - extent[0] * scale, kept_top - extent[1] * scale),
        rotation=by_hand.rotation,
        offset=moved_by if was_moved else (by_hand.x, by_hand.y),
        was_shrunk=whole < min(wanted, enlarge),
        was_moved=was_moved,
        shows_cuts=bool(bleeds & _edges_within(box, canvas)),
    )


def place(
    foreground: np.ndarray,
    alpha: np.ndarray,
    canvas: tuple[int, int],
    placement: Placement,
    *,
    width_cm: float | None = None,
    bleeds: frozenset[str] = frozenset(),
    source: Box | None = None,
    extent: Extent | None = None,
) -> PlacedProduct:
    """Resample the product to its box on a canvas of (width, height). Never mirrors.

    ``width_cm`` is the real width of the upright product. ``source`` is its box in the given
    arrays, and ``extent`` how far it reaches from that box's middle once it is turned, where
    they are known better than ``alpha`` tells.
    """
    source = source or bounding_box(alpha)
    if source is None:
        raise ValueError("there is no product to place")
    box = placement.box
    if placement.rotation:
        extent = extent or turned_extent(alpha, source, placement.rotation)
        small = _turned(foreground, alpha, source, placement, extent)
        if width_cm is not None:
            width_cm *= (box[2] - box[0]) / ((source[2] - source[0]) * placement.scale)
    else:
        small = _upright(foreground, alpha, source, box)
    rgb, matte = _on_canvas(*small, canvas, box)
    return PlacedProduct(
        rgb=rgb,
        alpha=matte,
        box=box,
        scale=placement.scale,
        rotation=placement.rotation,
        width_cm=width_cm,
        bleeds=bleeds,
    )


def _size(extent: Extent, scale: float) -> tuple[int, int]:
    width, height = extent[2] - extent[0], extent[3] - extent[1]
    return max(1, round(width * scale)), max(1, round(height * scale))


def _largest_whole(extent: Extent, canvas: tuple[int, int], bleeds: frozenset[str]) -> float:
    """The largest scale at which the product is seen as a whole where it does not bleed."""
    limits = [float("inf")]
    if not bleeds & {"left", "right"}:
        limits.append(canvas[0] / (extent[2] - extent[0]))
    if not bleeds & {"top", "bottom"}:
        limits.append(canvas[1] / (extent[3] - extent[1]))
    return min(limits)


def _default(
    size: tuple[int, int],
    canvas: tuple[int, int],
    extent: Extent,
    scale: float,
    ground: float | None,
) -> tuple[int, int]:
    """left, top with the product's middle in the canvas's, or standing on the ground line."""
    left = (canvas[0] - size[0]) // 2 + round((extent[0] + extent[2]) / 2 * scale)
    top = (canvas[1] - size[1]) // 2 + round((extent[1] + extent[3]) / 2 * scale)
    return left, top if ground is None else round(ground * canvas[1]) - size[1]


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


def _kept_inside(start: int, size: int, room: int, before: bool, after: bool) -> int:
    """``start`` moved so that no edge shows which the photo cut, and no other sticks out.

    ``before`` and ``after`` say at which end the product bleeds; half of it stays seen.
    """
    least, most = 0, room - size
    if before and after:
        least, most = min(most, 0), max(most, 0)
    elif before:
        most = min(0, most)
        least = min(-(size // 2), most)
    elif after:
        least = max(0, most)
        most = max(room - size // 2, least)
    return min(max(start, least), max(most, least))


def _edges_within(box: Box, canvas: tuple[int, int]) -> frozenset[str]:
    """The edges of ``box`` that don't lie on the canvas's own, nor beyond them."""
    left, top, right, bottom = box
    within = {"left": left > 0, "top": top > 0}
    within |= {"right": right < canvas[0], "bottom": bottom < canvas[1]}
    return frozenset(edge for edge, is_within in within.items() if is_within)


def _upright(
    foreground: np.ndarray, alpha: np.ndarray, source: Box, box: Box
) -> tuple[np.ndarray, np.ndarray]:
    """``source`` of the photo at the size of ``box``, with _MARGIN around it."""
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
    return resample(colors, matte, region, size)


def _turned(
    foreground: np.ndarray,
    alpha: np.ndarray,
    source: Box,
    placement: Placement,
    extent: Extent,
) -> tuple[np.ndarray, np.ndarray]:
    """As ``_upright``, but turned about the middle of ``source``."""
    left, top, right, bottom = placement.box
    return resample_turned(
        foreground,
        alpha,
        source,
        degrees=placement.rotation,
        scale=placement.scale,
        pivot=((source[0] + source[2]) / 2, (source[1] + source[3]) / 2),
        target=(_MARGIN - extent[0] * placement.scale, _MARGIN - extent[1] * placement.scale),
        size=(right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN),
    )


def _on_canvas(
    small: np.ndarray, small_alpha: np.ndarray, canvas: tuple[int, int], box: Box
) -> tuple[np.ndarray, np.ndarray]:
    """A product with _MARGIN around its ``box``, on an empty canvas that may cut it."""
    rgb = np.zeros((canvas[1], canvas[0], 3), dtype=np.uint8)
    alpha = np.zeros((canvas[1], canvas[0]), dtype=np.float32)
    x, y = box[0] - _MARGIN, box[1] - _MARGIN
    height, width = small_alpha.shape
    seen = np.s_[max(0, y) : min(canvas[1], y + height), max(0, x) : min(canvas[0], x + width)]
    taken = np.s_[seen[0].start - y : seen[0].stop - y, seen[1].start - x : seen[1].stop - x]
    rgb[seen], alpha[seen] = small[taken], small_alpha[taken]
    return rgb, alpha
