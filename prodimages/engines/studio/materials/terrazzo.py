"""Terrazzo: the only material that is drawn once as a tile instead of computed per pixel."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, offsets


class Terrazzo:
    """Polished chips of marble in colored cement."""

    PERIOD = 48.0
    SAMPLES = 1536
    CHIPS = ("#b9aea1", "#8d8983", "#c98f70", "#d8c5a4", "#6d6f70", "#f1eee8", "#a8b0a5")

    def __init__(self, rng: np.random.Generator, color: str = "#ece6dc"):
        self._offset = rng.random(2) * self.PERIOD
        self._ground = linear(color)
        self._grain = offsets(rng, 2)

    def finish(self, patch: Patch) -> Finish:
        chips = self._chips(patch)
        chip = chips[..., 3]
        albedo = chips[..., :3] + (1 - chip)[..., None] * self._ground
        mottle = patch.noise("rough", 20, self._grain[0])
        sand = patch.noise("fine", 9, self._grain[1])
        albedo *= (1 + (0.02 + 0.03 * chip) * mottle + 0.02 * sand)[..., None]
        return Finish(albedo, None, 0.5 + 0.15 * chip)

    def _chips(self, patch: Patch) -> np.ndarray:
        """(h, w, 4): the chips' color times their share of the pixel, and that share."""
        levels = _chip_levels()
        finest = max(patch.footprint * self.SAMPLES / self.PERIOD, 1.0)
        level = levels[min(int(np.log2(finest) + 0.35), len(levels) - 1)]
        per_cm = np.float32(level.shape[1] / self.PERIOD)
        at = np.broadcast_arrays(
            (patch.v + np.float32(self._offset[0])) * per_cm,
            (patch.u + np.float32(self._offset[1])) * per_cm,
        )
        return np.stack(
            [
                ndimage.map_coordinates(plane, at, order=1, mode="grid-wrap", output=np.float32)
                for plane in level
            ],
            axis=-1,
        )


@functools.lru_cache(maxsize=1)
def _chip_levels() -> tuple[np.ndarray, ...]:
    """Mip levels of (4, n, n) float32 color times share, and share, of one tile."""
    size, scale = Terrazzo.SAMPLES, Terrazzo.SAMPLES / Terrazzo.PERIOD
    rng = np.random.default_rng(7)
    image = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(image)
    radii = np.sort(np.concatenate([rng.uniform(0.1, 0.3, 2600), rng.gamma(3, 0.17, 620)]))
    reaches = np.clip(radii, 0.1, 1.1) * scale
    outlines, colors = (
        _outlines(rng, reaches, size),
        rng.integers(len(Terrazzo.CHIPS), size=radii.size),
    )
    for outline, color in zip(outlines, colors.tolist(), strict=True):
        for moved in _repeats(outline, size):
            draw.polygon(moved.ravel().tolist(), fill=1 + color)
    palette = np.zeros((256, 4), np.float32)
    for index, color in enumerate(Terrazzo.CHIPS, start=1):
        palette[index] = (*linear(color), 1)
    level = np.ascontiguousarray(palette[np.asarray(image)].transpose(2, 0, 1))
    levels = [level]
    while level.shape[1] > 48:
        level = (level[:, ::2] + level[:, 1::2]) / 2
        level = (level[..., ::2] + level[..., 1::2]) / 2
        levels.append(level)
    return tuple(levels)


def _outlines(rng: np.random.Generator, radii: np.ndarray, size: int) -> list[np.ndarray]:
    """The (n, 2) corners of irregular polygons anywhere on a tile; all at once, for speed."""
    most, count = 8, radii.size
    corners = rng.integers(5, most + 1, count)
    angles = np.arange(most) + rng.uniform(-0.35, 0.35, (count, most))
    angles *= 2 * np.pi / corners[:, None]
    lengths = radii[:, None] * rng.uniform(0.75, 1.15, (count, most))
    squeeze, turn = rng.uniform(0.55, 1.0, (count, 1)), rng.uniform(0, np.pi, (count, 1))
    x, y = lengths * np.cos(angles), squeeze * lengths * np.sin(angles)
    at = rng.uniform(0, size, (count, 1, 2))
    turned = (x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn))
    points = np.stack(turned, axis=-1) + at
    return [outline[:n] for outline, n in zip(points, corners.tolist(), strict=True)]


def _repeats(outline: np.ndarray, size: int) -> list[np.ndarray]:
    """An (n, 2) outline wherever the tile shows it, so that both of its edges fit each other."""
    least, most = outline.min(axis=0), outline.max(axis=0)
    across, down = (
        [0, *([size] if least[axis] < 0 else []), *([-size] if most[axis] > size else [])]
        for axis in (0, 1)
    )
    return [np.add(outline, (dx, dy)) for dx in across for dy in down]
