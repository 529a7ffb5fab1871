"""Petals and fallen leaves that lie about on any surface, each of its real size."""

from __future__ import annotations

import dataclasses

import numpy as np

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials.base import Finish, Material, Patch, smoothstep
from prodimages.engines.studio.shot import Shot


@dataclasses.dataclass(frozen=True)
class Kind:
    """What pieces have in common; lengths in cm."""

    length: tuple[float, float]
    slender: float
    """Half the width over the length."""
    blunt: float
    """Exponent of the outline: the smaller, the nearer to its foot it is widest."""
    curl: float
    """Height of the rim over the middle, as a share of the length."""
    veins: float
    """How much darker the midrib and the side veins are."""
    density: float
    """Pieces on the area that the picture spans, squared."""
    colors: tuple[str, ...]


KINDS = {
    "leaves": Kind(
        (4.5, 8.5),
        *(0.27, 0.85, 0.11, 0.30, 22),
        ("#b5622a", "#c98a2e", "#8f3f22", "#d3a13c", "#7d5a2c", "#a84a24"),
    ),
    "petals": Kind(
        (1.3, 2.1),
        *(0.40, 1.5, 0.20, 0.05, 36),
        ("#f6d3d8", "#f3bfc9", "#fae6e6", "#eeb0bd", "#fbeff0"),
    ),
}
_CLEAR = 0.30
"""Around the product, as a share of the span, nothing lies."""


def strewn(material: Material, shot: Shot) -> Material:
    """``material`` with what the shot's scene scatters on it."""
    kind = KINDS.get(shot.scene.scatter)
    return material if kind is None else Strewn(material, kind, shot)


@dataclasses.dataclass(frozen=True)
class _Piece:
    at: tuple[float, float]
    angle: float
    length: float
    color: np.ndarray


class Strewn:
    """A material with pieces on it, at fixed places of its plane."""

    def __init__(self, under: Material, kind: Kind, shot: Shot):
        self._under, self._kind = under, kind
        self._pieces = _placed(kind, shot)

    def finish(self, patch: Patch) -> Finish:
        below = self._under.finish(patch)
        albedo = below.albedo.copy()
        relief = np.zeros(patch.u.shape, np.float32) if below.relief is None else below.relief
        relief = np.array(np.broadcast_to(relief, patch.u.shape), np.float32)
        gloss = np.array(np.broadcast_to(below.gloss, patch.u.shape), np.float32)
        for piece in self._pieces:
            window = _window(patch, piece)
            if window is not None:
                self._lay(piece, patch, window, albedo, relief, gloss)
        return Finish(albedo, relief, gloss)

    def _lay(
        self,
        piece: _Piece,
        patch: Patch,
        window: tuple[slice, slice],
        albedo: np.ndarray,
        relief: np.ndarray,
        gloss: np.ndarray,
    ) -> None:
        kind, rows = self._kind, window[0]
        du = patch.u[window] - np.float32(piece.at[0])
        dv = patch.v[rows] - np.float32(piece.at[1])
        cosine, sine = np.float32(np.cos(piece.angle)), np.float32(np.sin(piece.angle))
        along = (du * cosine + dv * sine) / np.float32(piece.length) + np.float32(0.5)
        across = (dv * cosine - du * sine) / np.float32(piece.length)
        t = np.clip(along, 0, 1)
        half = kind.slender * np.sin(np.pi * t**kind.blunt)
        beyond = np.maximum(-along, along - 1)
        inside = np.where(beyond > 0, -np.hypot(beyond, across), half - np.abs(across))
        soft = max(patch.footprint / piece.length, 0.012)
        cover = smoothstep(-soft, soft, inside)
        near = np.exp(np.minimum(inside, 0) / np.float32(0.07)) * (1 - cover)

        bend = np.clip(np.abs(across) / np.maximum(half, 0.02), 0, 1)
        ribs = np.exp(-((across / 0.012) ** 2))
        side = 0.5 + 0.5 * np.sin((along - 0.9 * np.abs(across)) * np.float32(2 * np.pi * 9))
        tone = 1 - kind.veins * (0.55 * ribs + 0.22 * side**3) + 0.10 * (t - 0.5) - 0.12 * bend**3
        color = piece.color * tone[..., None]
        albedo[window] *= (1 - 0.45 * near)[..., None]
        albedo[window] += (color - albedo[window]) * cover[..., None]
        rise = np.float32(kind.curl * piece.length) * (0.5 * bend**2 + 0.6 * (t - 0.45) ** 2)
        relief[window] += cover * (rise - relief[window])
        gloss[window] *= 1 - cover


def _window(patch: Patch, piece: _Piece) -> tuple[slice, slice] | None:
    """The pixels that the piece and its shade may touch."""
    reach = np.float32(0.75 * piece.length)
    rows = np.flatnonzero(np.abs(patch.v[:, 0] - piece.at[1]) < reach)
    if not rows.size:
        return None
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    columns = np.flatnonzero((np.abs(patch.u[band] - piece.at[0]) < reach).any(axis=0))
    if not columns.size:
        return None
    return band, slice(int(columns[0]), int(columns[-1]) + 1)


def _placed(kind: Kind, shot: Shot) -> list[_Piece]:
    """Pieces around the product, denser to the sides than before it."""
    rng, span = shot.rng(6), shot.span
    near, far = (-1.3, 1.7) if shot.standing else (-0.62, 0.62)
    size = float(np.clip(span / 40, 0.75, 1.6))
    pieces = []
    for _ in range(round(kind.density * (far - near))):
        x, z = float(rng.uniform(-0.62, 0.62)), float(rng.uniform(near, far))
        angle, length = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(*kind.length))
        color = linear(kind.colors[int(rng.integers(len(kind.colors)))])
        color = color * np.float32(rng.uniform(0.85, 1.1))
        if abs(x) > _CLEAR or not -_CLEAR * 1.6 < z < _CLEAR:
            pieces.append(_Piece((x * span, z * span), angle, size * length, color))
    return pieces
