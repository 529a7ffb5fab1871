"""Pictures of what in a cut-out may not be the product, hatched; Pillow alone."""

from __future__ import annotations

import io
from collections.abc import Collection

from PIL import Image, ImageChops

from prodimages.cutouts.proposals.stored import NO_NOTES, area_of, read_notes
from prodimages.services.thumbnails import cutout_preview

AREA_SIDE = 1024
"""The editor smooths the area while it draws it, so more pixels would not show."""
_STRIPE, _PERIOD = 4, 10
"""Pixels of a hatching line, and from one to the next."""
_COLORS = ((214, 40, 60), (255, 255, 255))


def extras_area(alpha_png: bytes, numbers: Collection[int]) -> bytes:
    """A white PNG of the photo's proportions, opaque where these proposals are."""
    with Image.open(io.BytesIO(alpha_png), formats=["PNG"]) as image:
        width, height = image.size
    scale = min(1.0, AREA_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    white = Image.new("LA", size, (255, 0))
    white.putalpha(_area(alpha_png, numbers, size))
    return _encoded(white)


def extras_preview(content: bytes, alpha_png: bytes, numbers: Collection[int], side: int) -> bytes:
    """The photo with all but the product transparent, and these proposals hatched on it."""
    with Image.open(io.BytesIO(cutout_preview(content, alpha_png, side))) as image:
        picture = image.convert("RGBA")
    area = _area(alpha_png, numbers, picture.size)
    picture.paste(_hatching(picture.size), mask=area)
    picture.putalpha(ImageChops.lighter(picture.getchannel("A"), area))
    return _encoded(picture)


def _area(alpha_png: bytes, numbers: Collection[int], size: tuple[int, int]) -> Image.Image:
    notes = read_notes(alpha_png)
    if notes is NO_NOTES or not numbers:
        return Image.new("L", size, 0)
    return area_of(notes, numbers, size)


def _hatching(size: tuple[int, int]) -> Image.Image:
    """Lines at 45 degrees: each row is the one above, a pixel further."""
    row = bytes(255 * (x % _PERIOD < _STRIPE) for x in range(size[0] + _PERIOD))
    rows = b"".join(row[y % _PERIOD : y % _PERIOD + size[0]] for y in range(size[1]))
    lines = Image.frombytes("L", size, rows)
    on, off = (Image.new("RGBA", size, (*color, 255)) for color in _COLORS)
    return Image.composite(on, off, lines)


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
