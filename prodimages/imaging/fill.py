"""Fills a small area of a product with what surrounds it."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

_WORKING_SIDE = 96
"""Longest side in pixels at which the area is solved; what is solved is smooth."""
_MARGIN = 0.3
"""How far around the area is looked at, as a share of its longest side."""
_GRAIN = 2.5
"""So many times the median, what is finer than two pixels is an edge and no grain."""
_GROW = 2
"""Pixels at working size by which the area is grown, over its own blurred edge and shade."""


def fill(rgb: np.ndarray, area: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 and (H, W) in 0..1 -> (H, W, 3) uint8; unchanged where ``area`` is 0.

    A membrane over the area, held at its edge (Laplace's equation), with the grain that the
    surroundings have. It continues shading, not patterns or lettering.
    """
    rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
    if not rows.size:
        return rgb
    margin = 8 + round(_MARGIN * max(np.ptp(rows), np.ptp(columns)))
    part = (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )
    result = rgb.copy()
    result[part] = _filled(rgb[part], area[part])
    return result


def _filled(rgb: np.ndarray, area: np.ndarray) -> np.ndarray:
    height, width = area.shape
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(3, round(width * scale)), max(3, round(height * scale))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX), dtype=np.float64)
    weight = np.asarray(_plane(area).resize(size, Image.Resampling.BOX)) > 0.02
    unknown = ndimage.binary_dilation(weight, iterations=_GROW)
    if unknown.all():
        return rgb
    smooth = _membrane(small, unknown)
    planes = [
        _plane(smooth[..., band]).resize((width, height), Image.Resampling.BICUBIC)
        for band in range(3)
    ]
    soft = np.asarray(_plane(unknown).resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)
    known = np.asarray(soft) < 0.01
    grain = _grain(rgb, known)
    painted = np.stack([np.asarray(plane) for plane in planes], axis=-1) + grain
    mixed = rgb + soft[..., None] * (painted - rgb)
    return np.rint(mixed.clip(0, 255)).astype(np.uint8)


def _plane(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))


def _membrane(values: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """(h, w, 3) with each unknown pixel the mean of its neighbors."""
    numbers = np.full(unknown.shape, -1)
    numbers[unknown] = np.arange(np.count_nonzero(unknown))
    count = int(numbers.max()) + 1
    degree, right = np.zeros(count), np.zeros((count, 3))
    pairs = []
    for step in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        rows, columns = np.nonzero(unknown)
        there = rows + step[0], columns + step[1]
        inside = (
            (there[0] >= 0) & (there[1] >= 0)
            & (there[0] < unknown.shape[0]) & (there[1] < unknown.shape[1])
        )  # fmt: skip
        here = numbers[rows[inside], columns[inside]]
        neighbor = there[0][inside], there[1][inside]
        degree[here] += 1
        fixed = ~unknown[neighbor]
        right[here[fixed]] += values[neighbor][fixed]
        pairs.append((here[~fixed], numbers[neighbor][~fixed]))
    here, there_ = (np.concatenate(side) for side in zip(*pairs, strict=True))
    links = sparse.csr_matrix((np.ones(here.size), (here, there_)), (count, count))
    result = values.copy()
    result[unknown] = spsolve((sparse.diags(degree) - links).tocsc(), right).reshape(-1, 3)
    return result


def _grain(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W, 3) noise drawn from what of the known pixels is finer than two pixels."""
    fine = rgb - ndimage.gaussian_filter(rgb.astype(np.float32), (1.5, 1.5, 0))
    drawn = fine[known]
    strength = np.abs(drawn).max(axis=-1)
    drawn = drawn[strength <= _GRAIN * np.median(strength)] if len(drawn) else drawn
    noise = np.random.default_rng(0).integers(0, max(1, len(drawn)), known.shape)
    return drawn[noise] if len(drawn) else np.zeros_like(fine)
