"""The photo's own faults, given to the scene as well, so that both seem one camera's work."""

from __future__ import annotations

import dataclasses
import math
from typing import Self

import numpy as np

from prodimages.engines.studio.pixels import blur
from prodimages.imaging.types import PlacedProduct

_PIXEL = 0.3
"""Standard deviation in pixels of the box that a pixel is, which an enlarged photo shows."""
_LEAST_BLUR, _MOST_BLUR = 0.35, 0.004
"""In pixels, below which it can't be seen; and as a share of the picture's longer side."""
_MOST_GRAIN = 4.0
_GRAIN_SIZE = 0.6
"""In the photo's pixels: how far a camera's processing smears grain."""
_MOST_BLACK = 0.008
"""Linear light: a darkest tone above it is a pale product rather than a veiled black."""
_WHITE = 0.35
"""Pixels; noise that is smeared less has no size that can be seen."""
_TYPICAL_GRAIN = 1.5
"""8-bit levels in the shadows: what a good camera shows, where nothing was measured."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lens:
    """On the canvas, in its pixels."""

    blur: float = 0.0
    """Standard deviation."""
    grain: float = _TYPICAL_GRAIN
    """Standard deviation of luma, in 8-bit levels."""
    grain_size: float = 0.0
    """Standard deviation in pixels by which grain is smeared."""
    black: float = 0.0
    """Stray light that is added everywhere, linear."""

    @classmethod
    def of(cls, product: PlacedProduct) -> Self:
        """What the measured photo looks like once it is scaled; bounded."""
        measured = product.measured
        if measured is None:
            return cls()
        scale = product.scale / product.learned  # which keeps edges sharp and smooths grain
        own = math.hypot(measured.blur or 0.0, _PIXEL) * scale
        sigma = math.sqrt(max(own**2 - _PIXEL**2, 0.0))
        return cls(
            blur=min(sigma, _MOST_BLUR * max(product.alpha.shape)),
            # Pixels that are averaged lose noise; enlarged ones keep it and spread.
            grain=min(measured.grain * min(scale, 1.0), _MOST_GRAIN),
            grain_size=_GRAIN_SIZE * scale,
            black=min(measured.black, _MOST_BLACK),
        )

    def veil(self, light: np.ndarray) -> np.ndarray:
        """(H, W, 3) linear light, with stray light."""
        return light if self.black == 0 else light * np.float32(1 - self.black) + self.black

    def soften(self, picture: np.ndarray) -> np.ndarray:
        return picture if self.blur < _LEAST_BLUR else blur(picture, self.blur)

    def noise(self, shape: tuple[int, int], random: np.random.Generator) -> np.ndarray:
        """(H, W) float32 of deviation ``grain``, in 0..1 of the 8-bit range."""
        noise = random.standard_normal(shape, dtype=np.float32)
        if self.grain_size > _WHITE and self.grain:
            noise = blur(noise, self.grain_size)
            # White noise blurred by s keeps the deviation 1 / (2 s sqrt(pi)).
            noise *= max(1.0, 2 * math.sqrt(math.pi) * self.grain_size)
        return np.asarray(noise * np.float32(self.grain / 255), dtype=np.float32)
