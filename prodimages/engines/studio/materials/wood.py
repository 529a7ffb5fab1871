"""Planks of oak, walnut and painted wood, flat-sawn."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep
from prodimages.engines.studio.noise import hash01


@dataclasses.dataclass(frozen=True)
class Species:
    light: str
    dark: str
    pores: str
    tint: float
    """How much one plank differs from the next in brightness."""
    gloss: float


OAK = Species("#cba57a", "#a67a4e", "#7b5634", 0.13, 0.30)
WALNUT = Species("#7d5a41", "#553827", "#33211a", 0.17, 0.38)


def painted(color: str) -> Species:
    """Boards under a coat of ``color``, through which the grain still shows a little."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))

    def shade(share: float) -> str:
        return f"#{round(red * share):02x}{round(green * share):02x}{round(blue * share):02x}"

    return Species(color, shade(0.90), shade(0.80), 0.035, 0.22)


class Wood:
    """Planks 9 to 14 cm wide along u; growth rings are cylinders cut lengthwise."""

    def __init__(self, rng: np.random.Generator, species: Species):
        self._species = species
        self._width = float(rng.uniform(9.5, 13.5))
        self._shift = float(rng.uniform(0.25, 0.75)) * self._width
        self._seed = int(rng.integers(2**31))
        self._warp, self._bend, self._fiber, self._pore, self._stain = offsets(rng, 5)

    def finish(self, patch: Patch) -> Finish:
        species = self._species
        across = (patch.v + np.float32(self._shift)) / np.float32(self._width)
        plank = np.floor(across)
        inside = (across - plank).astype(np.float32)
        own = [hash01(plank.astype(np.int64), self._seed + i) for i in range(4)]
        far = (own[0] * 400).astype(np.float32)  # each plank comes from elsewhere in the tree

        rings = self._rings(patch, inside, own, far)
        fiber = patch.noise("rough", 14, self._fiber, stretch=26, du=far)
        pores = patch.noise("fine", 9, self._pore, stretch=22, du=far)
        stain = patch.noise("cloud", 70, self._stain, stretch=4, du=far)

        share = 0.15 + 0.42 * rings + 0.17 * fiber + 0.10 * stain
        albedo = mix(linear(species.light), linear(species.dark), np.clip(share, 0, 1))
        dark_pores = smoothstep(0.7, 2.2, pores + 0.9 * rings) * np.float32(0.62)
        albedo = mix(albedo, linear(species.pores), dark_pores * patch.visible(0.12))
        albedo *= (1 + species.tint * (2 * own[1] - 1) + 0.025 * fiber)[..., None]
        albedo *= np.array([1, 1, 1], np.float32) + (own[2] - 0.5)[..., None] * np.array(
            [0.05, 0.0, -0.07], np.float32
        )

        gap, relief = self._joints(patch, inside)
        albedo *= (1 - gap)[..., None]
        relief = relief - 0.006 * rings - 0.01 * dark_pores
        return Finish(albedo, relief, species.gloss * (1 - gap) * (0.8 + 0.2 * rings))

    def _rings(
        self, patch: Patch, inside: np.ndarray, own: list[np.ndarray], far: np.ndarray
    ) -> np.ndarray:
        """Latewood share 0..1: ring distance from the pith, warped along the plank."""
        warp = patch.noise("smooth", 70, self._warp, stretch=5, du=far)
        bend = patch.noise("smooth", 70, self._bend, stretch=5, du=far)
        jitter = patch.noise("cloud", 30, self._warp, stretch=12, du=far)
        offset = (inside - 0.1 - 0.8 * own[3]) * np.float32(self._width) + 0.8 * warp
        depth = 2.5 + 2.5 * own[1] + 1.9 * bend
        phase = np.hypot(offset, depth) * np.float32(2.3) + 0.11 * jitter
        part = phase - np.floor(phase)
        late = np.where(part < 0.8, (part / 0.8) ** 2.0, (1 - part) / 0.2)
        blurred = patch.visible(0.3)
        return (late * blurred + 0.38 * (1 - blurred)).astype(np.float32)

    def _joints(self, patch: Patch, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Darkness of the gaps between planks, and their rounded edges as relief in cm."""
        edge = np.minimum(inside, 1 - inside) * np.float32(self._width)
        soft = max(patch.dv, 0.03)
        gap = np.clip(1 - (edge - 0.03) / soft, 0, 1) * min(0.82, 0.1 / soft)
        bevel = -0.07 * np.exp(-((edge / 0.14) ** 2))
        shape = patch.u.shape
        return (
            np.broadcast_to(gap, shape).astype(np.float32),
            np.broadcast_to(bevel, shape).astype(np.float32),
        )
