"""Simple products with known outlines."""

from __future__ import annotations

import numpy as np

from prodimages.engines import PlacedProduct


def product(
    width: int = 480,
    height: int = 480,
    *,
    shape: str = "cylinder",
    box: tuple[float, float, float, float] = (0.3, 0.35, 0.7, 0.8),
    width_cm: float | None = 12.0,
) -> PlacedProduct:
    """``cylinder`` has a round base, ``box`` a straight one, ``bridge`` stands on two feet.

    ``box`` is left, top, right, bottom as fractions of the canvas.
    """
    left, right = round(box[0] * width), round(box[2] * width)
    top, bottom = round(box[1] * height), round(box[3] * height)
    y, x = np.mgrid[:height, :width] + 0.5
    alpha = ((x > left) & (x < right) & (y > top) & (y < bottom)).astype(np.float32)
    half, middle = (right - left) / 2, (left + right) / 2
    if shape == "cylinder":
        rise = 0.22 * half * (1 - np.sqrt(np.clip(1 - ((x - middle) / half) ** 2, 0, 1)))
        alpha *= y < bottom - rise
    elif shape == "bridge":
        alpha *= ~((np.abs(x - middle) < 0.5 * half) & (y > bottom - 0.35 * (bottom - top)))
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[alpha > 0] = (70, 110, 130)
    return PlacedProduct(
        rgb=rgb, alpha=alpha, box=(left, top, right, bottom), scale=1.0, width_cm=width_cm
    )
