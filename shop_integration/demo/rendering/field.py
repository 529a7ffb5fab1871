"""Plane functions kept as tables, for shapes that are costly to evaluate at each step of a ray."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from shop_integration.demo.rendering.vectors import Array


class Table:
    """``function(x, y)`` sampled over a rectangle on first use, then read bilinearly.

    Outside the rectangle the border's value goes on, so keep the rectangle larger than
    whatever is traced.
    """

    def __init__(
        self,
        function: Callable[[Array, Array], Array],
        low: tuple[float, float],
        high: tuple[float, float],
        cell: float,
    ):
        """``low`` and ``high`` are the rectangle's corners, ``cell`` the spacing, all in cm."""
        self._function, self._low, self._high = function, low, high
        self._scale = np.float32(1 / cell)
        self._shape = tuple(int((b - a) / cell) + 2 for a, b in zip(low, high, strict=True))

    @cached_property
    def _values(self) -> Array:
        x, y = (
            np.float32(low) + np.arange(count, dtype=np.float32) / self._scale
            for low, count in zip(self._low, self._shape, strict=True)
        )
        return self._function(*np.meshgrid(x, y, indexing="ij")).astype(np.float32).ravel()

    def __call__(self, x: Array, y: Array) -> Array:
        width, height = self._shape
        x = np.clip((x - np.float32(self._low[0])) * self._scale, 0, np.float32(width - 1.01))
        y = np.clip((y - np.float32(self._low[1])) * self._scale, 0, np.float32(height - 1.01))
        column, row = np.floor(x), np.floor(y)
        fx, fy = x - column, y - row
        at = (column * np.float32(height) + row).astype(np.intp)  # exact below 2**24 cells
        take = self._values.take
        low = take(at, mode="wrap")  # in range already; "wrap" is the quickest mode
        low += (take(at + 1, mode="wrap") - low) * fy
        at += height
        high = take(at, mode="wrap")
        high += (take(at + 1, mode="wrap") - high) * fy
        high -= low
        high *= fx
        high += low
        return high
