"""What a material is: a function from places in centimeters to color, relief and gloss."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np

from prodimages.engines.studio import noise


@dataclasses.dataclass(frozen=True)
class Patch:
    """A band of pixel rows on a plane."""

    u: np.ndarray
    """(h, w) float32: cm across."""
    v: np.ndarray
    """(h, 1) float32: cm away from the viewer, or up a wall."""
    du: float
    """cm per pixel along a row, in the middle of the band."""
    dv: float
    """cm from one row to the next, in the middle of the band; never negative."""

    @property
    def footprint(self) -> float:
        return float(np.sqrt(self.du * self.dv)) * 1.15

    def noise(
        self,
        kind: str,
        period: float,
        offset: tuple[float, float],
        *,
        stretch: float = 1.0,
        du: np.ndarray | float = 0.0,
        dv: np.ndarray | float = 0.0,
    ) -> np.ndarray:
        """Noise that repeats every ``period`` cm, drawn out ``stretch`` times along u.

        ``du`` and ``dv`` displace where it is read, in cm.
        """
        footprint = self.footprint if stretch == 1 else max(self.dv, self.du / stretch)
        return noise.lookup(
            kind,
            (self.u + du) / np.float32(stretch),
            self.v + dv,
            period=period,
            footprint=footprint,
            offset=offset,
        )

    def visible(self, size: float) -> float:
        """1 where detail of ``size`` cm is resolved, falling to 0 where pixels swallow it."""
        return float(np.clip(1.6 - 1.3 * self.footprint / size, 0, 1))


@dataclasses.dataclass(frozen=True)
class Finish:
    """What a material looks like at the pixels of a patch."""

    albedo: np.ndarray
    """(h, w, 3) float32: diffuse reflectance, linear."""
    relief: np.ndarray | None = None
    """(h, w) float32: height in cm."""
    gloss: np.ndarray | float = 0.0
    """0 matte .. 1 polished: how much of the Fresnel reflection shows."""


class Material(Protocol):
    def finish(self, patch: Patch) -> Finish:
        """The material at ``patch``; the same place looks the same in any patch."""


def offsets(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """Where to read noise tables, as fractions of their period."""
    return [(float(a), float(b)) for a, b in rng.random((count, 2))]


def mix(one: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(3,) or (h, w, 3) colors blended by (h, w) shares 0..1."""
    weight = share[..., None]
    return one + (other - one) * weight


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1, dtype=np.float32)
    return t * t * (3 - 2 * t)
