"""Pictures that a style names as its reference."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure

MOST_PIXELS = 1024 * 1024


@lru_cache(maxsize=16)
def read_reference(path: str) -> Image.Image:
    """RGB, of a megapixel at most. Raises JobFailure (unavailable) when it can't be read."""
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        message = _("The reference picture of the style can't be read on this machine.")
        raise JobFailure(FailureKind.UNAVAILABLE, message) from error
    return shrunk(picture)


def shrunk(picture: Image.Image) -> Image.Image:
    """The same, of a megapixel at most."""
    scale = (MOST_PIXELS / (picture.width * picture.height)) ** 0.5
    if scale < 1:
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture
