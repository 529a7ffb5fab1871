"""The product alone on one color, with a soft shadow or none."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import encode, encoded, linear
from prodimages.engines.studio.ground import product_shade
from prodimages.engines.studio.materials.base import smoothstep
from prodimages.engines.studio.shot import Shot

BORDER = 0.09
"""Share of the shorter side over which the shadow fades to nothing towards the border."""
FLOOR = 0.05
"""Shade below this becomes none, so that the background away from the product is exact."""


def render(shot: Shot) -> np.ndarray:
    """(H, W, 3) float32 sRGB 0..1; exactly the color wherever no shadow falls."""
    color = linear(shot.scene.color)
    out = np.broadcast_to(encoded(shot.scene.color), (shot.height, shot.width, 3)).copy()
    if shot.scene.shadow == "none":
        return out
    shade = product_shade(shot)
    light = shot.light
    share = float(light.key.mean() / (light.key + light.fill).mean())
    dark = 1 - (share * shade.lamp + (1 - share) * shade.sky)
    dark = np.maximum(dark - FLOOR, 0) / (1 - FLOOR)
    if shot.scene.color == "#ffffff":  # channels ask for exact white along the border
        dark *= inside(shot.height, shot.width, BORDER)
    shaded = dark > 0
    out[shaded] = encode(color * (1 - dark[shaded])[:, None])
    return out


def inside(height: int, width: int, border: float) -> np.ndarray:
    """(height, width) factor: 0 on the border, 1 from ``border`` of the shorter side inwards."""
    reach = border * min(width, height)
    rows, columns = (np.arange(side) + 0.5 for side in (height, width))
    rows = np.minimum(rows, height - rows) - 1.5
    columns = np.minimum(columns, width - columns) - 1.5
    return smoothstep(0, reach, rows)[:, None] * smoothstep(0, reach, columns)[None, :]
