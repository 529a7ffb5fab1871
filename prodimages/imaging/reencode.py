"""A photo of somebody we don't know, made anew from its pixels alone: no EXIF, no GPS, no more.

Pillow alone, since web processes do this while the upload is at hand.
"""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged, open_photo

_QUALITY = 92
_LEAST = 256


def reencode(data: bytes, side: int) -> tuple[bytes, tuple[int, int]]:
    """An upright sRGB JPEG, its longer side ``side`` at most, and its size.

    Raises JobFailure(PHOTO_INVALID) in words, whatever the bytes are.
    """
    image = open_photo(data, _LEAST)
    try:
        upright = _upright(image, side)
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    if min(upright.size) < _LEAST / 2:
        raise JobFailure(FailureKind.PHOTO_INVALID, _("The photo is too long and narrow."))
    # Only what is asked for is written: neither EXIF nor XMP, comments or a profile.
    file = io.BytesIO()
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    clean.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue(), clean.size


def _upright(image: Image.Image, side: int) -> Image.Image:
    profile = image.info.get("icc_profile")
    image.draft(None, (side, side))
    image.load()
    upright = ImageOps.exif_transpose(image)
    color = _srgb(upright, profile)
    color.thumbnail((side, side), Image.Resampling.LANCZOS)
    return color


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        white = Image.new("RGBA", whole.size, "white")
        image = Image.alpha_composite(white, whole).convert("RGB")
    elif image.mode not in ("RGB", "CMYK", "L"):
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return made or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that is of no use loses no photo
    return image.convert("RGB")
