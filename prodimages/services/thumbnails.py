"""Small pictures for people to look at, made while they wait; Pillow alone.

What is shown here is never used to make anything.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged, open_photo


def photo_thumbnail(content: bytes, side: int) -> bytes:
    """A photo, upright, at most ``side`` pixels wide and high, as JPEG.

    Raises JobFailure in words for what is no usable photo.
    """
    image = _small(content, side)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return _encoded(image.convert("RGB"), "JPEG", quality=84)


def cutout_preview(content: bytes, alpha_png: bytes, side: int) -> bytes:
    """The photo with all but the product transparent, as PNG of at most ``side`` pixels."""
    image = _small(content, side).convert("RGB")
    alpha = open_photo(alpha_png, least=1).convert("L")
    image.putalpha(alpha.resize(image.size, Image.Resampling.LANCZOS))
    return _encoded(image, "PNG", compress_level=3)


def _small(content: bytes, side: int) -> Image.Image:
    image = open_photo(content, least=1)
    try:
        image.draft(None, (side, side))  # lets JPEG decode at 1/2, 1/4 or 1/8
        profile = image.info.get("icc_profile")
        image = ImageOps.exif_transpose(image)
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    except JobFailure:
        raise
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    if profile and image.mode == "RGB":
        image.info["icc_profile"] = profile
    return image


def _encoded(image: Image.Image, format: str, **options: int) -> bytes:
    out = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    image.save(out, format, icc_profile=profile, **options)
    return out.getvalue()
