"""Photos as files, good and bad, made in memory."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def gradient(width: int = 120, height: int = 80) -> np.ndarray:
    """(H, W, 3) uint8 that is different in every corner."""
    y, x = np.mgrid[0:height, 0:width]
    bands = x * 255 // (width - 1), y * 255 // (height - 1), np.full_like(x, 90)
    return np.stack(bands, axis=-1).astype(np.uint8)


def saved(image: Image.Image | np.ndarray, format: str, **options: Any) -> bytes:
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds next to nothing: a decompression bomb."""
    return _png(width, height, 8, bytes(1000))


def deep_rgb_png(values: np.ndarray) -> bytes:
    """(H, W, 3) uint16 as a 16-bit RGB PNG, which Pillow reads but can't write."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return _png(values.shape[1], values.shape[0], 16, rows)


def animation(format: str, frames: int = 5) -> bytes:
    pictures = [Image.fromarray(np.roll(gradient(), 9 * shift, axis=1)) for shift in range(frames)]
    return saved(pictures[0], format, save_all=True, append_images=pictures[1:], duration=50)


def _png(width: int, height: int, depth: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")
