"""The light that falls on the ground around the product."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.studio.flat_shadow import flat_shadow, halo, thickness_cm
from prodimages.engines.studio.pixels import resize
from prodimages.engines.studio.shadow import Shadow, standing_shadow
from prodimages.engines.studio.shot import DEFAULT_WIDTH_CM, Shot
from prodimages.engines.studio.silhouette import silhouette


@dataclasses.dataclass(frozen=True)
class Shade:
    """(H, W) fields of a whole picture: what is left of lamp and fill light, 0..1."""

    lamp: np.ndarray
    sky: np.ndarray


def unshaded(shot: Shot) -> Shade:
    full = np.ones((shot.height, shot.width), np.float32)
    return Shade(full, full)


def product_shadow(shot: Shot) -> Shadow | None:
    """The shadow of a product that stands; None where there is none to show."""
    if shot.scene.shadow == "none" or not shot.product.alpha.any():
        return None
    product = shot.product
    body = silhouette(product.alpha, product.box, shot.camera, opacity=shot.opacity)
    return standing_shadow(body, shot.light)


def product_shade(shot: Shot) -> Shade:
    """The product's shadow on the plane that carries it, over the whole picture."""
    if shot.standing:
        return floor_shade(shot, product_shadow(shot))
    if shot.scene.shadow == "none" or not shot.product.alpha.any():
        return unshaded(shot)
    return _halo(shot) if shot.stage.kind == "air" else _flat_shade(shot)


def floor_shade(shot: Shot, shadow: Shadow | None, level: float = 0.0) -> Shade:
    """A shadow on the plane y = ``level``, seen by the camera; made at half size."""
    if shadow is None:
        return unshaded(shot)
    shape = (shot.height + 1) // 2, (shot.width + 1) // 2
    rows = (np.arange(shape[0]) + 0.5) * (shot.height / shape[0])
    columns = (np.arange(shape[1]) + 0.5) * (shot.width / shape[1]) - shot.camera.center[0]
    across, z = shot.camera.floor(rows, level)
    seen = np.isfinite(across) & (across < 1e3)
    lamp, sky = np.ones(shape, np.float32), np.ones(shape, np.float32)
    if seen.any():
        x = (across[seen, None] * columns[None, :]).astype(np.float32)
        depth = z[seen, None].astype(np.float32)
        contact = shadow.contact.at(x, depth)
        lamp[seen] = (1 - shadow.cast.at(x, depth)) * (1 - 0.78 * contact)
        sky[seen] = (1 - shadow.ambient.at(x, depth)) * (1 - 0.88 * contact)
    full = shot.height, shot.width
    return Shade(np.clip(resize(lamp, full), 0, 1), np.clip(resize(sky, full), 0, 1))


def wall_lamp(
    shot: Shot, shadow: Shadow | None, x: np.ndarray, y: np.ndarray, z: float
) -> np.ndarray:
    """(h, w) share of the lamp's light that reaches a wall at ``z`` past the product.

    A ray that meets the wall would go on to the ground behind it, where the shadow is known.
    """
    run_across, run_along = shot.light.run
    if shadow is None or run_along <= 0:
        return np.ones(np.broadcast_shapes(x.shape, y.shape), np.float32)
    up = np.maximum(y, 0)
    return 1 - shadow.cast.at(x + run_across * up, z + run_along * up)


def _halo(shot: Shot) -> Shade:
    left, top, right, bottom = shot.product.box
    kept = halo(shot.opacity, max(right - left, bottom - top))
    kept = resize(kept, (shot.height, shot.width)).clip(0, 1) * shot.solidity
    return Shade(lamp=1 - 0.5 * kept, sky=1 - kept)


def _flat_shade(shot: Shot) -> Shade:
    hanging = shot.stage.kind == "wall"
    width_cm = shot.product.width_cm or DEFAULT_WIDTH_CM
    tilt = 1.0 if hanging else float(np.sin(np.radians(shot.stage.elevation)))
    # What lies there in threads, or flat glass, has little to lift the rest of it, and is lit
    # from all sides through its own gaps.
    solid = shot.solidity
    shadow = flat_shadow(
        shot.opacity,
        shot.camera.scale_at(0.0, 0.0),
        thickness_cm(width_cm, hanging=hanging) * solid,
        shot.light,
        tilt=tilt,
    )
    touch = 0.0 if hanging else solid
    lamp = (1 - solid * shadow.cast) * (1 - 0.5 * touch * shadow.contact)
    sky = (1 - solid * shadow.ambient) * (1 - 0.7 * touch * shadow.contact)
    full = shot.height, shot.width
    return Shade(np.clip(resize(lamp, full), 0, 1), np.clip(resize(sky, full), 0, 1))
