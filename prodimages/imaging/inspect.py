"""Looks at a photo's header and refuses in words what can't be used.

Web processes call this when somebody uploads a photo, so it needs Pillow alone.
"""

from __future__ import annotations

import dataclasses
import functools
import io
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.conf import settings
from prodimages.exceptions import JobFailure

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
MIN_SIDE = 64
MOST_ELONGATED = 32
"""How many times longer than wide a photo may be, so that no side vanishes when scaled."""
# Pillow names a JPEG that holds further pictures (depth, HDR gain map) MPO; its
# first picture is the photo. Those of TIFF and HEIC are likewise no animation.
_STILL_FORMATS = {"MPO", "TIFF", "HEIF"}
_SWAPPED_SIDES = {5, 6, 7, 8}
_EXIF_ORIENTATION = 0x0112
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@dataclasses.dataclass(frozen=True, kw_only=True)
class PhotoFacts:
    width: int
    height: int
    """Size in pixels as the photo is seen, after its orientation."""
    format: str
    """Pillow's name of the file format."""


def inspect_photo(file: bytes | BinaryIO) -> PhotoFacts:
    """Check a whole upload without keeping its pixels.

    Raises JobFailure(PHOTO_INVALID) in words.
    """
    data = _read_capped(file)
    image = open_photo(data)
    try:
        facts = _facts(image)
        if image.format == "PNG":
            image.verify()  # checks every chunk's CRC without unpacking the pixels
        else:
            image.draft(None, (MIN_SIDE, MIN_SIDE))
            image.load()
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    return facts


def open_photo(data: bytes, least: int = MIN_SIDE) -> Image.Image:
    """The photo, opened but not decoded, after every check that the header allows.

    ``least`` is the smallest side, in pixels, that is taken.

    Raises JobFailure(PHOTO_INVALID) in words.
    """
    if len(data) > settings.MAX_PHOTO_BYTES:
        raise _too_heavy()
    try:
        image = Image.open(io.BytesIO(data), formats=_formats(data))
        animated = bool(getattr(image, "is_animated", False))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise _unreadable(data) from error
    if image.width * image.height > settings.MAX_PHOTO_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < least:
        message = _(
            "The photo is too small: %(width)d x %(height)d pixels. Each side needs %(least)d."
        )
        facts = {"width": image.width, "height": image.height, "least": least}
        raise JobFailure(FailureKind.PHOTO_INVALID, message % facts)
    if max(image.size) > MOST_ELONGATED * min(image.size):
        raise JobFailure(FailureKind.PHOTO_INVALID, _("The photo is too long and narrow."))
    if animated and image.format not in _STILL_FORMATS:
        message = _("The file is an animation. Upload a still photo of the product.")
        raise JobFailure(FailureKind.PHOTO_INVALID, message)
    return image


def _formats(data: bytes) -> tuple[str, ...]:
    return (*FORMATS, "HEIF") if _is_heif(data) and _can_read_heif() else FORMATS


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


@functools.cache
def _can_read_heif() -> bool:
    """Whether the extra ``heic`` is installed; Pillow learns the format with the first photo."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener(thumbnails=False)
    return True


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1..8; 1 when there is none that makes sense."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode the whole picture to look behind its pixels
    try:
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # a broken EXIF block must not lose a good photo
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def damaged() -> JobFailure:
    message = _("The photo is damaged or incomplete. Upload it again from the original.")
    return JobFailure(FailureKind.PHOTO_INVALID, message)


def _facts(image: Image.Image) -> PhotoFacts:
    width, height = image.size
    if orientation(image) in _SWAPPED_SIDES:
        width, height = height, width
    return PhotoFacts(width=width, height=height, format=image.format or "")


def _read_capped(file: bytes | BinaryIO) -> bytes:
    if isinstance(file, bytes):
        return file
    file.seek(0)
    data = file.read(settings.MAX_PHOTO_BYTES + 1)
    file.seek(0)
    return data


def _too_heavy() -> JobFailure:
    message = _("The photo's file is too large. At most %(most)d MB are taken.")
    most = settings.MAX_PHOTO_BYTES // (1024 * 1024)
    return JobFailure(FailureKind.PHOTO_INVALID, message % {"most": most})


def _too_many_pixels() -> JobFailure:
    message = _("The photo has too many pixels. At most %(most)d megapixels are taken.")
    most = settings.MAX_PHOTO_PIXELS // 1_000_000
    return JobFailure(FailureKind.PHOTO_INVALID, message % {"most": most})


def _unreadable(data: bytes) -> JobFailure:
    head = data[:1024].lstrip().lower()
    if not data:
        message = _("The file is empty.")
    elif _is_heif(data) and not _can_read_heif():
        message = _(
            "HEIC photos can't be read here. Save the photo as JPEG and upload that, or have "
            "“prodimages[heic]” installed."
        )
    elif _is_heif(data):
        return damaged()
    elif head.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in head:
        message = _("The file is an SVG drawing. Upload a photo as JPEG, PNG or WebP.")
    elif data[:4] in (b"%!PS", b"\xc5\xd0\xd3\xc6", b"%PDF"):
        message = _(
            "The file is a PostScript or PDF document. Upload a photo as JPEG, PNG or WebP."
        )
    else:
        message = _("The file is not a picture that can be read. Use JPEG, PNG or WebP.")
    return JobFailure(FailureKind.PHOTO_INVALID, message)
