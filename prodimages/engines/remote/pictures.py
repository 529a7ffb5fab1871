"""Pictures on their way to a server and back: sizes that it draws, files that it reads."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.engines.remote.servers import Server
from prodimages.exceptions import JobFailure

_MAX_PIXELS = 64_000_000
_LOOKED_AT = 1024 * 1024
"""Pixels of a picture that is only looked at; models make it no larger."""


def drawn_size(
    size: tuple[int, int], server: Server, sizes: tuple[tuple[int, int], ...] = ()
) -> tuple[int, int]:
    """(width, height) that the server draws for a picture of ``size``.

    Among fixed sizes the one that wastes the smallest share of what it draws; else the
    next multiple.
    """
    width, height = size
    if choices := sizes or server.sizes:
        return min(choices, key=lambda one: (_waste(size, one), abs(one[0] - width)))
    up = server.multiple
    return -(-width // up) * up, -(-height // up) * up


def _waste(size: tuple[int, int], drawn: tuple[int, int]) -> float:
    scale = min(drawn[0] / size[0], drawn[1] / size[1])
    return 1 - size[0] * size[1] * scale**2 / (drawn[0] * drawn[1])


def fit(picture: np.ndarray, drawn: tuple[int, int]) -> np.ndarray:
    """(H, W[, 3]) uint8 -> the drawn size: scaled to fit, its borders repeated outwards."""
    (left, top, right, bottom) = _inner((picture.shape[1], picture.shape[0]), drawn)
    small = np.asarray(
        Image.fromarray(picture).resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    )
    margins = [(top, drawn[1] - bottom), (left, drawn[0] - right)]
    return np.pad(small, margins + [(0, 0)] * (picture.ndim - 2), mode="edge")


def unfit(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Undo ``fit``: (H, W, 3) uint8 of the drawn size -> (height, width, 3) float32 in 0..1."""
    box = _inner(size, (picture.shape[1], picture.shape[0]))
    image = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS, box=box)
    return np.asarray(image, dtype=np.float32) / 255


def _inner(size: tuple[int, int], drawn: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where a picture of ``size`` lies within the drawn one: left, top, right, bottom."""
    scale = min(drawn[0] / size[0], drawn[1] / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    left, top = (drawn[0] - width) // 2, (drawn[1] - height) // 2
    return left, top, left + width, top + height


def shrunk(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 -> the same, of a megapixel at most."""
    height, width = picture.shape[:2]
    scale = (_LOOKED_AT / (height * width)) ** 0.5
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def as_png(picture: np.ndarray) -> bytes:
    """(H, W), (H, W, 3) or (H, W, 4) uint8 -> a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=3)
    return file.getvalue()


def decode(data: bytes) -> np.ndarray:
    """A server's file -> (H, W, 3) uint8. Raises JobFailure when it is no picture."""
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        if image.width * image.height > _MAX_PIXELS:
            raise ValueError("too large")
        return np.asarray(image.convert("RGB"))
    except Exception as error:  # decoders raise nearly anything on strange bytes
        raise JobFailure(
            FailureKind.ENGINE, "The image server's answer is not a picture."
        ) from error
