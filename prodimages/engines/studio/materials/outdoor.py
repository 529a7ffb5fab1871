"""Sand and snow: loose ground with a surface of its own."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, mix, offsets, smoothstep


class Sand:
    """Dry sand: ripples that the wind left 7 cm apart, and grains of several colors."""

    RIPPLE = 7.0

    def __init__(self, rng: np.random.Generator):
        self._light, self._dark = linear("#e0cba6"), linear("#b79a70")
        self._turn = float(rng.uniform(-0.25, 0.25))
        self._offsets = offsets(rng, 5)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        bend = patch.noise("smooth", 130, o[0])
        drift = patch.noise("cloud", 75, o[1])
        grain = patch.noise("fine", 6, o[2])
        clumps = patch.noise("rough", 20, o[3])
        place = patch.v + np.float32(self._turn) * patch.u + 4.5 * bend + 1.6 * drift
        wave = np.sin(place * np.float32(2 * np.pi / self.RIPPLE))
        strength = smoothstep(-1.0, 1.4, patch.noise("smooth", 160, o[4]))
        seen = patch.visible(0.12)
        share = 0.34 + 0.10 * drift + 0.05 * clumps + 0.16 * seen * grain
        albedo = mix(self._light, self._dark, np.clip(share, 0, 1).astype(np.float32))
        relief = 0.30 * strength * (wave + 0.25 * np.abs(wave)) + 0.10 * drift
        relief = relief + 0.022 * clumps + 0.008 * seen * grain
        return Finish(albedo.astype(np.float32), relief.astype(np.float32), 0.0)


class Snow:
    """Settled snow: soft swells, a crumbly crust, and crystals that catch the light."""

    def __init__(self, rng: np.random.Generator):
        self._color = linear("#f3f6fa")
        self._offsets = offsets(rng, 4)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        swell = patch.noise("smooth", 95, o[0])
        crust = patch.noise("pink", 34, o[1])
        crumbs = patch.noise("rough", 13, o[2])
        spark = smoothstep(2.3, 3.2, patch.noise("fine", 7, o[3])) * patch.visible(0.1)
        tone = 0.93 + 0.018 * swell + 0.018 * crust + 0.5 * spark
        albedo = self._color * tone[..., None]
        relief = 0.55 * swell + 0.07 * crust + 0.014 * crumbs
        return Finish(albedo.astype(np.float32), relief.astype(np.float32), 0.05)
