"""A table with something out of focus behind it."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio import backdrop, vistas
from prodimages.engines.studio.atmosphere import pool
from prodimages.engines.studio.ground import Shade, floor_shade, product_shadow, wall_lamp
from prodimages.engines.studio.light import EXPOSURES
from prodimages.engines.studio.materials import surface_material, wall_material
from prodimages.engines.studio.materials.base import smoothstep
from prodimages.engines.studio.materials.scatter import strewn
from prodimages.engines.studio.pattern import Pattern
from prodimages.engines.studio.pixels import blur, blur_by_row, resize
from prodimages.engines.studio.planes import Shading, shade
from prodimages.engines.studio.reflection import mirrored_product
from prodimages.engines.studio.shadow import Shadow
from prodimages.engines.studio.shot import Shot
from prodimages.engines.studio.vocabulary import DISTANT, OUTDOORS

WALL_BLUR = 0.0052
"""Blur of the wall: sigma as a share of the picture's longer side."""
TABLE_EDGE, OUTDOOR_EDGE = 0.17, 0.27
"""Where the surface ends, as a share of the height above the product's lowest row."""


def render(shot: Shot) -> np.ndarray:
    """(H, W, 3) linear light of the scene without the product."""
    shadow = product_shadow(shot)
    depth = _table_depth(shot, 0.0 if shadow is None else shadow.far)
    edge = shot.camera.project(0.0, 0.0, depth)[1]
    first = int(np.clip(np.floor(edge) - 2, 0, shot.height - 2))
    pattern = Pattern.of(shot)
    behind = _behind(shot, depth, first, pattern, shadow)
    table = _table(shot, depth, first, behind, pattern, floor_shade(shot, shadow))
    out = np.empty((shot.height, shot.width, 3), np.float32)
    out[:first] = behind[:first]
    out[first:] = table
    soft = max(1.0, 0.55 * WALL_BLUR * max(shot.width, shot.height))
    if shot.scene.surface in OUTDOORS:  # no edge, but the last that is seen of the ground
        soft *= 5
    _join(out, behind, edge, first, soft)
    return out


def _table_depth(shot: Shot, far: float) -> float:
    """z of the far edge: past the product's ``far`` side, and where it divides the picture well."""
    above = OUTDOOR_EDGE if shot.scene.surface in OUTDOORS else TABLE_EDGE
    wanted_row = shot.product.box[3] - above * shot.height
    nearest = 0.6 * shot.span
    z = float(shot.camera.floor(np.array([wanted_row]))[1][0])
    far_limit = 3.4 if shot.scene.surface in OUTDOORS else 1.9
    if not np.isfinite(z) or z < 0 or z > 4 * shot.span:
        z = 1.6 * shot.span
    return max(float(np.clip(z, nearest, far_limit * shot.span)), 1.2 * far)


def _behind(
    shot: Shot, depth: float, first: int, pattern: Pattern | None, shadow: Shadow | None
) -> np.ndarray:
    """(rows, W, 3) of what is seen over the table's far edge, with some rows to spare."""
    rows = min(shot.height, first + int(0.03 * shot.height) + 8)
    if shot.scene.wall in DISTANT:
        return _distant(shot, rows)
    sigma = WALL_BLUR * max(shot.width, shot.height)
    reduce = max(1.0, sigma / 1.7)
    small = max(8, round(rows / reduce)), max(8, round(shot.width / reduce))
    at_rows = (np.arange(small[0]) + 0.5) * (rows / small[0])
    columns = (np.arange(small[1]) + 0.5) * (shot.width / small[1]) - shot.camera.center[0]
    across, up = shot.camera.upright(at_rows, depth)

    x = across[:, None] * columns[None, :]
    lamp = np.float32(0.92) * wall_lamp(shot, shadow, x, up[:, None], depth)
    if pattern:
        lamp = lamp * pattern.transmission(x, up[:, None], np.array(depth))
    foot = 1 - 0.32 * np.exp(-np.maximum(up, 0) / (0.07 * shot.span))
    sky = np.broadcast_to(foot.astype(np.float32)[:, None], small)
    material = wall_material(shot.scene.wall, shot.scene.color, shot.rng(1))
    wall = shade(
        material,
        lambda r: shot.camera.upright(r, depth),
        at_rows,
        columns,
        shot.light.on_wall(),
        Shading(lamp=lamp * sky**0.5, sky=sky),
    )
    wall = resize(blur(wall, sigma / reduce), (rows, shot.width))
    return np.maximum(wall, 0) * pool(shot, depth=0.42)[:rows, :, None]


def _distant(shot: Shot, rows: int) -> np.ndarray:
    picture = vistas.paint(shot.scene.wall, (rows, shot.width), shot.rng(1), shot.camera.horizon)
    exposure = 1.0 if shot.scene.wall in backdrop.AT_NIGHT else EXPOSURES[shot.scene.mood]
    return backdrop.soften(picture) * np.float32(exposure)


def _table(
    shot: Shot,
    depth: float,
    first: int,
    behind: np.ndarray,
    pattern: Pattern | None,
    shade_of_product: Shade,
) -> np.ndarray:
    camera, rows = shot.camera, shot.rows[first:]
    safe = np.maximum(rows, camera.project(0.0, 0.0, depth)[1])
    across, z = camera.floor(safe)
    lamp, sky = shade_of_product.lamp[first:], shade_of_product.sky[first:]
    if pattern:
        x = across[:, None] * shot.columns[None, :]
        lamp = lamp * pattern.transmission(x, np.array(0.0), z[:, None])
    if shot.scene.wall not in DISTANT:
        near_wall = 1 - 0.35 * np.exp(-(depth - z) / (0.10 * shot.span))
        sky = sky * near_wall.astype(np.float32)[:, None]
    brightness = pool(shot, depth=0.38)[first:]
    shading = Shading(
        lamp=lamp * brightness,
        sky=sky * brightness,
        mirrored=_environment(shot, behind, first) * sky[..., None],
        fresnel=_fresnel(shot, safe),
    )
    material = surface_material(shot.scene.surface, shot.scene.accent, shot.rng(2))
    material = strewn(material, shot)
    table = shade(material, camera.floor, safe, shot.columns, shot.light, shading)
    if shot.scene.reflection:
        table = mirrored_product(shot, table, first)
    return blur_by_row(table, _defocus(shot, z, depth))


def _environment(shot: Shot, behind: np.ndarray, first: int) -> np.ndarray:
    """The backdrop as the tabletop mirrors it: upside down and smeared."""
    count = shot.height - first
    small_h, small_w = 48, 64
    source = resize(behind[: max(first, 1)], (small_h, small_w)) if first > 4 else None
    if source is None:
        flat = behind.mean((0, 1))
        return np.broadcast_to(flat, (count, shot.width, 3)).astype(np.float32)
    flipped = blur(source[::-1], (5.0, 2.2))
    reach = np.clip(np.arange(count) / max(first, 1), 0, 1)
    taken = flipped[np.minimum((reach * small_h).astype(int), small_h - 1)]
    return np.maximum(resize(blur(taken, (max(1.0, count / 40), 0)), (count, shot.width)), 0)


def _fresnel(shot: Shot, rows: np.ndarray) -> np.ndarray:
    """(h, 1) reflectance of a dielectric (index 1.5) by Schlick's approximation (1994)."""
    up, forward = shot.camera.rays(rows)
    cosine = -up / np.hypot(up, forward)
    return (0.04 + 0.96 * (1 - np.clip(cosine, 0, 1)) ** 5).astype(np.float32)[:, None]


def _defocus(shot: Shot, z: np.ndarray, depth: float) -> np.ndarray:
    """Sigma of each row: 0 at the product, the wall's blur at the far edge (thin lens)."""
    distance = shot.camera.distance
    far = 1 - distance / (distance + depth)
    sigma = WALL_BLUR * max(shot.width, shot.height)
    away = 1 - distance / np.maximum(distance + z, 0.2 * distance)
    in_focus = np.where(away > 0, 0.10, 0.22) * far
    return sigma * np.clip((np.abs(away) - in_focus) / (far - in_focus), 0, 1.0)


def _join(out: np.ndarray, behind: np.ndarray, edge: float, first: int, soft: float) -> None:
    """Blend the table's far edge into what is behind it; the edge is out of focus, too."""
    start = max(int(edge - 2 * soft), 0)
    stop = min(int(edge + 2 * soft) + 1, len(behind), len(out))
    if stop <= start:
        return
    rows = np.arange(start, stop) + 0.5
    share = smoothstep(edge - 1.6 * soft, edge + 1.6 * soft, rows)[:, None, None]
    table = out[np.maximum(np.arange(start, stop), min(first + 3, len(out) - 1))]
    out[start:stop] = behind[start:stop] * (1 - share) + table * share
