"""Alpha in an unknown band by closed-form matting, solved in that band alone."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import sparse
from scipy.sparse.linalg import cg

_MOST_ITERATIONS = 150
_TOLERANCE = 1e-4


def solve_band(
    guide: np.ndarray,
    known: np.ndarray,
    unknown: np.ndarray,
    weight: np.ndarray,
    epsilon: float = 1e-5,
) -> np.ndarray:
    """Fill in alpha where ``unknown`` so that it is locally linear in the photo's color.

    Levin, Lischinski, Weiss: A Closed-Form Solution to Natural Image Matting (2008).
    ``guide`` (H, W, 3) in 0..1; ``known`` (H, W) the alpha outside the band and the
    expected alpha inside it, to which ``weight`` (H, W) ties the solution there.
    ``epsilon`` allows for noise, as a variance. Returns (H, W) float32 in 0..1.
    """
    result = known.astype(np.float32)
    if not unknown.any():
        return result
    pixels, affinity = _laplacian(guide, unknown, epsilon)
    flat = known.ravel().astype(np.float64)
    number = np.full(flat.size, -1)
    places = np.flatnonzero(unknown)
    number[places] = np.arange(places.size)

    rows, columns = np.repeat(pixels, 9, axis=1).ravel(), np.tile(pixels, (1, 9)).ravel()
    values = affinity.ravel()
    own = number[rows] >= 0
    rows, columns, values = number[rows[own]], columns[own], values[own]
    inner = number[columns] >= 0
    system = sparse.coo_array(
        (values[inner], (rows[inner], number[columns[inner]])), shape=(places.size,) * 2
    ).tocsr()
    tie = weight.ravel()[places].astype(np.float64)
    system = system + sparse.diags_array(tie)
    pull = np.bincount(rows[~inner], -values[~inner] * flat[columns[~inner]], minlength=places.size)
    start = flat[places]
    solution, _status = cg(
        system.tocsr(),
        pull + tie * start,
        x0=start,
        rtol=_TOLERANCE,
        maxiter=_MOST_ITERATIONS,
        M=sparse.diags_array(1 / np.maximum(system.diagonal(), 1e-12)),
    )
    result.ravel()[places] = solution.clip(0, 1)
    return result


def _laplacian(
    guide: np.ndarray, unknown: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """The matting Laplacian of every 3 x 3 window that holds an unknown pixel.

    Returns the windows' flat pixel numbers (N, 9) and their matrices (N, 9, 9).
    """
    touched = sliding_window_view(unknown, (3, 3)).any(axis=(2, 3))
    numbers = sliding_window_view(np.arange(unknown.size).reshape(unknown.shape), (3, 3))
    pixels = numbers[touched].reshape(-1, 9)
    colors = guide.reshape(-1, 3)[pixels].astype(np.float64)
    spread = colors - colors.mean(axis=1, keepdims=True)
    covariance = np.einsum("nij,nik->njk", spread, spread) / 9
    covariance += np.eye(3) * (epsilon / 9)
    whitened = spread @ np.linalg.inv(covariance)
    return pixels, np.eye(9) - (1 + whitened @ spread.transpose(0, 2, 1)) / 9
