"""A picture in smaller sizes and lighter formats, each with its provenance mark."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from PIL import Image

from prodimages.imaging import xmp
from prodimages.imaging.encode import MIMES, srgb_profile, written
from prodimages.imaging.sizes import can_write, widths_of

RENDITION_MIMES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
_OPTIONS: dict[str, dict[str, Any]] = {
    # Speed 6 of 10: a tenth larger than the slowest, and a second for a picture of 1280 pixels.
    "avif": {"quality": 68, "speed": 6, "subsampling": "4:2:0"},
    "webp": {"quality": 82, "method": 4},
    "jpeg": {"quality": 84, "progressive": True, "optimize": True, "subsampling": "4:2:0"},
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    format: str
    width: int
    height: int
    content: bytes


def make(
    content: bytes,
    formats: Sequence[str],
    widths: Sequence[int],
    *,
    skip: Collection[tuple[str, int]] = (),
) -> Iterator[Made]:
    """Each width in each format, the smallest first; JPEG is always among the formats.

    ``skip`` names those that need not be made. Raises OSError for what is no picture.
    """
    source_type = xmp.read_source_type(content)
    wanted = [name for name in dict.fromkeys([*formats, "jpeg"]) if can_write(name)]
    with Image.open(io.BytesIO(content), formats=[name.upper() for name in MIMES]) as image:
        whole = image.convert("RGB")
    for width in widths_of(whole.width, widths):
        missing = [name for name in wanted if (name, width) not in skip]
        if not missing:
            continue
        height = max(1, round(whole.height * width / whole.width))
        small = whole.resize((width, height), Image.Resampling.LANCZOS)
        for format in missing:
            written = _encode(small, format, source_type)
            yield Made(format=format, width=width, height=height, content=written)


def _encode(image: Image.Image, format: str, source_type: str | None) -> bytes:
    extra: dict[str, Any] = {"icc_profile": srgb_profile(), **_OPTIONS[format]}
    if source_type:
        extra["xmp"] = xmp.packet(source_type, RENDITION_MIMES[format])
    return written(image, format, extra)
