"""Enlarges a picture piece by piece, and holds each piece to the photo."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from prodimages.enlargement.base import Network
from prodimages.exceptions import JobCanceled
from prodimages.imaging.enlarging import held_to, resized

OVERLAP = 12
"""Pixels of the photo that a piece sees on each side beyond its own, so that none shows."""


def enlarge(
    rgb: np.ndarray,
    factor: int,
    network: Network,
    *,
    tile: int,
    on_progress: Callable[[float], None],
    is_canceled: Callable[[], bool],
) -> np.ndarray:
    """(H, W, 3) uint8 -> (H * factor, W * factor, 3) uint8. Raises JobCanceled between pieces.

    A network that doubles is asked twice for four; one that makes four times as much is
    scaled down for two.
    """
    begin = 0.0
    if network.scale * network.scale == factor:
        begin = 1 / (1 + factor)  # the second round has so many times the pixels

        def on_first(fraction: float) -> None:
            on_progress(begin * fraction)

        rgb = _in_pieces(rgb, network.scale, network, tile, on_first, is_canceled)
        factor = network.scale

    def on_last(fraction: float) -> None:
        on_progress(begin + (1 - begin) * fraction)

    return _in_pieces(rgb, factor, network, tile, on_last, is_canceled)


def _in_pieces(
    rgb: np.ndarray,
    factor: int,
    network: Network,
    tile: int,
    on_progress: Callable[[float], None],
    is_canceled: Callable[[], bool],
) -> np.ndarray:
    height, width = rgb.shape[:2]
    result = np.empty((height * factor, width * factor, 3), dtype=np.uint8)
    pieces = [(rows, columns) for rows in _spans(height, tile) for columns in _spans(width, tile)]
    for done, (rows, columns) in enumerate(pieces):
        if is_canceled():
            raise JobCanceled
        on_progress(done / len(pieces))
        result[_scaled(rows, factor), _scaled(columns, factor)] = _piece(
            rgb, rows, columns, factor, network
        )
    on_progress(1.0)
    return result


def _piece(
    rgb: np.ndarray,
    rows: slice,
    columns: slice,
    factor: int,
    network: Network,
) -> np.ndarray:
    wide_rows, wide_columns = _widened(rows, len(rgb)), _widened(columns, rgb.shape[1])
    part = rgb[wide_rows, wide_columns].astype(np.float32) / 255
    large = held_to(part, network(part).clip(0, 1))
    if factor != network.scale:
        large = resized(large, (part.shape[1] * factor, part.shape[0] * factor))
    inner = np.s_[_within(rows, wide_rows, factor), _within(columns, wide_columns, factor)]
    return np.rint(large[inner].clip(0, 1) * 255).astype(np.uint8)


def _spans(length: int, tile: int) -> Iterator[slice]:
    """``length`` in equal parts of at most ``tile``."""
    count = -(-length // tile)
    edges = [round(length * number / count) for number in range(count + 1)]
    return (slice(begin, end) for begin, end in itertools.pairwise(edges))


def _widened(span: slice, length: int) -> slice:
    return slice(max(0, span.start - OVERLAP), min(length, span.stop + OVERLAP))


def _scaled(span: slice, factor: int) -> slice:
    return slice(span.start * factor, span.stop * factor)


def _within(span: slice, wide: slice, factor: int) -> slice:
    return _scaled(slice(span.start - wide.start, span.stop - wide.start), factor)
