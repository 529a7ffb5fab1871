"""Vectors as three coordinate arrays, which numpy works through faster than rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Array = np.ndarray
Vectors = tuple[Array, Array, Array]
"""x, y and z: float32 arrays of one shape, or of shapes that broadcast."""


def constant(vector: Sequence[float]) -> Vectors:
    """One vector for all points."""
    x, y, z = (np.asarray(value, np.float32) for value in vector)
    return x, y, z


def dot(a: Vectors, b: Vectors) -> Array:
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def along(start: Vectors, way: Vectors, distance: Array | float) -> Vectors:
    """``start`` + ``way`` * ``distance``."""
    d = np.asarray(distance, np.float32)
    return start[0] + way[0] * d, start[1] + way[1] * d, start[2] + way[2] * d


def pick(vectors: Vectors, index: Array) -> Vectors:
    return vectors[0][index], vectors[1][index], vectors[2][index]
