"""Linen, paper and plaster: matte, in any color."""

from __future__ import annotations

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Patch, offsets


class Linen:
    """Plain weave of threads 1 mm apart, uneven in thickness, with slow folds."""

    PITCH = 0.1

    def __init__(self, rng: np.random.Generator, color: str = "#d9cdb9"):
        self._color = linear(color)
        self._offsets = offsets(rng, 5)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        resolved = patch.visible(self.PITCH * 1.15)
        weft = patch.noise("rough", 17, o[0], stretch=30)
        warp = Patch(patch.v + 0 * patch.u, patch.u, patch.dv, patch.du).noise(
            "rough", 17, o[1], stretch=30
        )
        folds = patch.noise("cloud", 120, o[2], stretch=1.7)
        mottle = patch.noise("fine", 14, o[3])
        weave = self._weave(patch, weft, warp) if resolved > 0 else np.float32(0)
        tone = 1 + 0.05 * weft + 0.05 * warp + 0.03 * mottle + 0.20 * resolved * (weave - 0.5)
        albedo = self._color * tone[..., None]
        relief = 0.22 * folds + 0.02 * resolved * weave + 0.008 * (weft + warp)
        return Finish(albedo.astype(np.float32), relief, 0.0)

    def _weave(self, patch: Patch, weft: np.ndarray, warp: np.ndarray) -> np.ndarray:
        """Height 0..1 of the upper thread."""
        turn = np.float32(np.pi / self.PITCH)
        across = (patch.u + 0.018 * warp) * turn
        along = (patch.v + 0.018 * weft) * turn
        over = np.sin(across) * np.sin(along)
        round_u, round_v = np.abs(np.sin(across)), np.abs(np.sin(along))
        return np.where(over > 0, round_u, round_v).astype(np.float32)


class Paper:
    """Matte card or paint, with a barely visible tooth."""

    def __init__(self, rng: np.random.Generator, color: str):
        self._color = linear(color)
        self._offsets = offsets(rng, 2)

    def finish(self, patch: Patch) -> Finish:
        slow = patch.noise("cloud", 150, self._offsets[0])
        tooth = patch.noise("fine", 8, self._offsets[1])
        tone = 1 + 0.012 * slow + 0.008 * tooth
        return Finish((self._color * tone[..., None]).astype(np.float32), None, 0.06)


class Plaster:
    """A hand-troweled wall, painted."""

    def __init__(self, rng: np.random.Generator, color: str):
        self._color = linear(color)
        self._offsets = offsets(rng, 4)

    def finish(self, patch: Patch) -> Finish:
        o = self._offsets
        strokes = patch.noise("pink", 60, o[0], stretch=1.8)
        slow = patch.noise("cloud", 170, o[1])
        sand = patch.noise("fine", 10, o[2])
        rough = patch.noise("rough", 38, o[3])
        sweep = patch.noise("cloud", 95, o[3], stretch=2.2)
        tone = 1 + 0.035 * slow + 0.03 * strokes + 0.015 * sand
        relief = 0.02 * sweep + 0.0045 * strokes + 0.0007 * rough + 0.0005 * sand
        return Finish((self._color * tone[..., None]).astype(np.float32), relief, 0.0)
