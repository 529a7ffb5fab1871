"""What makes light uneven and a picture photographic: pools, vignette, grain."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import encode, roll_off
from prodimages.engines.studio.lens import Lens
from prodimages.engines.studio.pixels import resize
from prodimages.engines.studio.shot import Shot

_SMALL = 96


def pool(shot: Shot, *, depth: float, reach: float = 1.0) -> np.ndarray:
    """(H, W) factor: 1 near the product on the lamp's side, up to ``depth`` less far from it.

    ``reach`` is the pool's radius in units of the picture's longer side.
    """
    long_side = max(shot.width, shot.height)
    shape = (
        max(2, round(_SMALL * shot.height / long_side)),
        max(2, round(_SMALL * shot.width / long_side)),
    )
    x = (np.arange(shape[1]) + 0.5) / shape[1] * shot.width
    y = (np.arange(shape[0]) + 0.5) / shape[0] * shot.height
    left, top, right, bottom = shot.product.box
    center_x = (left + right) / 2 + 0.34 * shot.light.across * shot.width
    center_y = 0.55 * top + 0.45 * bottom - 0.12 * shot.height
    distance = np.hypot(x[None, :] - center_x, 0.9 * (y[:, None] - center_y)) / (reach * long_side)
    fall = 1 / (1 + (distance / 0.62) ** 2.2)
    field = (1 - depth * (1 - fall)).astype(np.float32)
    return resize(field, (shot.height, shot.width))


def develop(shot: Shot, light: np.ndarray) -> np.ndarray:
    """Linear light -> sRGB 0..1 with a soft shoulder, as the product's own camera shows it."""
    lens = Lens.of(shot.product)
    picture = lens.soften(encode(roll_off(lens.veil(light))))
    noise = lens.noise(picture.shape[:2], shot.rng(99))
    noise *= 1 - np.float32(0.6) * picture[..., 1]
    picture += noise[..., None]
    return np.clip(picture, 0, 1, out=picture)
