"""Pictures as files: deterministic, sRGB, marked, and free of anything else."""

from __future__ import annotations

import functools
import io
import os
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageCms

from prodimages.imaging import xmp

MIMES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_THUMBNAIL_QUALITY = 82
_LOSSLESS = 101
"""A WebP quality over 100: lossless."""


def encode(
    rgb: np.ndarray | Image.Image, *, format: str, quality: int, source_type: str | None
) -> bytes:
    """(H, W, 3) uint8 sRGB -> a file in ``format`` (a key of MIMES).

    The same pixels and arguments give the same bytes. ``quality`` (1..100) means
    nothing to PNG. The file carries an sRGB profile and, where ``source_type`` is
    given, the provenance mark; nothing else.
    """
    image = rgb if isinstance(rgb, Image.Image) else Image.fromarray(rgb)
    extra: dict[str, Any] = {"icc_profile": srgb_profile()}
    packet = xmp.packet(source_type, MIMES[format]) if source_type else b""
    if format == "png":
        extra.update(_png_options(packet))
    else:
        extra.update({"xmp": packet} if packet else {})
    if format == "jpeg":
        extra.update(quality=min(quality, 100), subsampling=0, progressive=True, optimize=True)
    elif format == "webp":
        extra.update(quality=min(quality, 100), lossless=quality >= _LOSSLESS, method=4)
    return written(image, format, extra)


def written(image: Image.Image, format: str, options: dict[str, Any]) -> bytes:
    """What Pillow writes with ``options``; a JPEG plainly where it has no room for more."""
    try:
        return _saved(image, format, options)
    except OSError:
        # A progressive one is given a byte a pixel, which pictures of leaves, sequins or grain
        # can exceed. A plain one is written piece by piece, of whatever size.
        if format != "jpeg":
            raise
        return _saved(image, format, options | {"progressive": False, "optimize": False})


def _saved(image: Image.Image, format: str, extra: dict[str, Any]) -> bytes:
    with _file() as file:
        image.save(file, format.upper(), **extra)
        file.seek(0)
        return file.read()


def _file() -> BinaryIO:
    """In memory, and a file of the system where that has such: only while it writes to one does
    Pillow let other threads of the process run. A progressive JPEG of a megapixel takes it 25 ms
    and more, for which the thread that feeds a graphics card would stand still.
    """
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("picture"), "w+b")
    return io.BytesIO()


def encode_exact_white(rgb: np.ndarray, *, format: str, quality: int, source_type: str) -> bytes:
    """Like ``encode``, but border pixels that are pure white stay so after decoding, and color
    keeps its full resolution.

    JPEG at 4:4:4 keeps flat white blocks at any quality; only a shadow's ringing near the
    border can spoil them, and the quality is raised until it doesn't. WebP has full color only
    where it is lossless.
    """
    if format == "webp":
        return encode(rgb, format=format, quality=_LOSSLESS, source_type=source_type)
    content = b""
    for attempt in dict.fromkeys((quality, max(quality, 95), 98, 100)):
        content = encode(rgb, format=format, quality=attempt, source_type=source_type)
        if border_stays_white(rgb, content):
            break
    return content


def border_stays_white(rgb: np.ndarray, content: bytes) -> bool:
    """Whether each pure-white border pixel of ``rgb`` is pure white in the file."""
    with Image.open(io.BytesIO(content)) as image:
        decoded = np.asarray(image.convert("RGB"))
    return all(
        bool((after[(before == 255).all(axis=-1)] == 255).all())
        for before, after in zip(_borders(rgb), _borders(decoded), strict=True)
    )


def thumbnail(content: bytes, size: int) -> bytes:
    """A picture scaled down to ``size`` pixels on its longest side, in its own format.

    Carries the picture's provenance mark on. Raises OSError for what is no picture.
    """
    source_type = xmp.read_source_type(content)
    with Image.open(io.BytesIO(content), formats=[name.upper() for name in MIMES]) as image:
        format = (image.format or "PNG").lower()
        small = image.convert("RGB")
    small.thumbnail((size, size), Image.Resampling.LANCZOS)
    return encode(small, format=format, quality=_THUMBNAIL_QUALITY, source_type=source_type)


@functools.cache
def srgb_profile() -> bytes:
    """An sRGB ICC profile; LittleCMS stamps the clock into it, which is taken out here."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = (2000).to_bytes(2) + (1).to_bytes(2) * 2 + bytes(6)  # creation date
    profile[84:100] = bytes(16)  # profile ID: the digest of a profile, 0 for none
    return bytes(profile)


def _png_options(packet: bytes) -> dict[str, Any]:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if packet:
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return {"pnginfo": info, "optimize": False, "compress_level": 6}


def _borders(rgb: np.ndarray) -> tuple[np.ndarray, ...]:
    return rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]
