"""What the photo side of the pipeline hands from step to step."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodimages.choices import SourceType

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.measure import Measured


@dataclasses.dataclass(frozen=True, kw_only=True)
class PreparedPhoto:
    """A photo after the recorded, deterministic operations: upright, sRGB, 8 bits."""

    rgb: np.ndarray
    """(H, W, 3) uint8 sRGB."""
    alpha: np.ndarray | None
    """(H, W) float32 in 0..1 when the photo was cut out already, else None."""
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    operations: Sequence[Mapping[str, Any]]
    """What was done to the photo, in order; JSON-serializable."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cutout:
    """The product in a prepared photo."""

    alpha: np.ndarray
    """(H, W) float32 in 0..1, the photo's size."""
    foreground: np.ndarray
    """(H, W, 3) uint8: the photo, with the background's color taken out of the soft rim."""
    key: str
    """Which backend and version (or staff, or the photo itself) the alpha comes from."""
    confidence: float
    """0..1; 1 where nothing speaks against the cut-out."""
    reasons: Sequence[str] = ()
    """Words for staff: what speaks against it."""
    operations: Sequence[Mapping[str, Any]] = ()
    """What the style had taken out of the alpha; JSON-serializable."""
    extras: str = ""
    """Words for staff: what in it may not be the product; empty for nothing."""
    left: Sequence[str] = ()
    """Kinds of the extras that ``extras`` is about."""
    touches: frozenset[str] = frozenset()
    """Edges of the photo (left, top, right, bottom) that the product touches."""
    cuts: frozenset[str] = frozenset()
    """Those of them beyond which a part of it is missing."""
    is_trusted: bool = True
    """Whether a person answers for it."""
    measured: Measured | None = None
    """Blur, grain, black and light of the product, once its colors are corrected."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlacedProduct:
    """The prepared product at its place on the canvas. Arrays have the canvas's size."""

    rgb: np.ndarray
    """(H, W, 3) uint8 sRGB, straight (not premultiplied); black where alpha is 0."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1."""
    box: tuple[int, int, int, int]
    """left, top, right, bottom of the product on the canvas, in pixels."""
    scale: float
    """Canvas pixels per photo pixel; over 1 the product was enlarged."""
    learned: int = 1
    """How many times of ``scale`` were learned enlargement; 1 for none."""
    rotation: float = 0.0
    """Degrees by which staff turned it, clockwise, about the middle of its box in the photo."""
    seen_through: np.ndarray | None = None
    """(H, W, 3) float32 in 0..1: the share of what is behind that each pixel shows; None for a
    product that is solid all over."""
    behind: tuple[float, float, float] = (255.0, 255.0, 255.0)
    """The color, 0..255, that ``rgb`` shows through the product."""
    width_cm: float | None = None
    """Real width of the box in centimetres, where known."""
    bleeds: frozenset[str] = frozenset()
    """Edges of the photo (left, top, right, bottom) that cut the product."""
    shows_cuts: bool = False
    """Whether it ends in a straight line within the picture, since it can't bleed off two
    opposite edges of this canvas at once."""
    measured: Measured | None = None
    """What a scene has to match, in the photo's pixels: on the canvas ``blur * scale`` pixels."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class EncodedPicture:
    """A finished picture as files."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    format: str
    """``jpeg``, ``png`` or ``webp``."""
    mime: str
    sha256: str
    """Of ``content``, in hexadecimal."""
    source_type: SourceType
