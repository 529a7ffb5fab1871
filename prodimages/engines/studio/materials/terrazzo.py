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
    CHIPS = ("#b9aea1", "#8d8983", "#c98f70", "#d8c5a4", "#6d6f70", "#f7f4ee", "#a8b0a5")

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
    for radius in np.sort(np.concatenate([rng.uniform(0.1, 0.3, 2600), rng.gamma(3, 0.17, 620)])):
        _draw_chip(draw, rng, float(np.clip(radius, 0.1, 1.1)) * scale, size)
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


def _draw_chip(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, radius: float, size: int
) -> None:
    """An irregular polygon, repeated over the tile's edges."""
    corners = int(rng.integers(5, 9))
    angles = (np.arange(corners) + rng.uniform(-0.35, 0.35, corners)) * 2 * np.pi / corners
    lengths = radius * rng.uniform(0.75, 1.15, corners)
    squeeze, turn = rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    x, y = lengths * np.cos(angles), squeeze * lengths * np.sin(angles)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    left, top = rng.uniform(0, size, 2)
    color = 1 + int(rng.integers(len(Terrazzo.CHIPS)))
    for dx in _repeats(left, radius * 1.2, size):
        for dy in _repeats(top, radius * 1.2, size):
            points = np.stack([x + left + dx, y + top + dy], axis=1)
            draw.polygon([tuple(point) for point in points.tolist()], fill=color)


def _repeats(at: float, reach: float, size: int) -> list[int]:
    """By how much to move a chip so that it shows on both sides of the tile's edges."""
    moves = [0]
    if at < reach:
        moves.append(size)
    if at > size - reach:
        moves.append(-size)
    return moves
