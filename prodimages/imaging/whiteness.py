"""Whether a packshot's file is what channels ask for: a pure white border, color unreduced."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
from PIL import Image, JpegImagePlugin

_MEANT_WHITE = 0.98
"""Level 0..1 over which nearly all of a border is meant to be white."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Whiteness:
    off: int
    """Pixels of the border beside the product, corners included, that are not 255, 255, 255."""
    border: int
    """Pixels of the border that are not the product's."""
    chroma: str
    """How the file keeps color: ``4:4:4`` for every pixel, ``4:2:0`` for every fourth."""


def is_meant_white(background: np.ndarray) -> bool:
    """Whether the border of an (H, W, 3) float 0..1 picture without its product is white."""
    return bool(np.percentile(_border(background).min(axis=-1), 10) > _MEANT_WHITE)


def whiteness(content: bytes, alpha: np.ndarray) -> Whiteness:
    """What the file decodes to; ``alpha`` (H, W) is the product's, which may lie on the border."""
    with Image.open(io.BytesIO(content)) as image:
        chroma = _chroma(image, content)
        decoded = np.asarray(image.convert("RGB"))
    free = _border(alpha) == 0
    off = (_border(decoded) != 255).any(axis=-1) & free
    return Whiteness(
        off=int(np.count_nonzero(off)), border=int(np.count_nonzero(free)), chroma=chroma
    )


def _chroma(image: Image.Image, content: bytes) -> str:
    if image.format == "JPEG":
        names = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}
        return names.get(JpegImagePlugin.get_sampling(image), "unknown")
    return _chroma_of_webp(content) if image.format == "WEBP" else "4:4:4"


def _chroma_of_webp(content: bytes) -> str:
    """Lossless where there is a chunk VP8L (RFC 9649); lossy WebP always halves color."""
    at = 12
    while at + 8 <= len(content):
        if content[at : at + 4] == b"VP8L":
            return "4:4:4"
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return "4:2:0"


def _border(plane: np.ndarray) -> np.ndarray:
    """The outermost pixels of (H, W) or (H, W, c), each once."""
    return np.concatenate([plane[0], plane[-1], plane[1:-1, 0], plane[1:-1, -1]])
