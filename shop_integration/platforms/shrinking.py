"""A picture in fewer bytes, for platforms that take no big ones."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from PIL import Image

from prodimages.shops.base import Picture
from prodimages.shops.platform import PlatformRefused

QUALITIES = (92, 85, 75)
SMALLER = 0.8
LEAST_SIDE = 500


def within_bytes(picture: Picture, most: int) -> tuple[str, bytes, str]:
    """Name, content and mime of the picture in ``most`` bytes at the most.

    First as JPEG of lower quality, then of fewer pixels too. The provenance mark stays on.
    Raises PlatformRefused when the picture would get too small to sell anything.
    """
    from prodimages.imaging.encode import encode
    from prodimages.imaging.xmp import read_source_type

    with picture.open() as file:
        content = file.read()
    if len(content) <= most:
        return picture.filename, content, picture.mime
    mark = read_source_type(content)
    with Image.open(io.BytesIO(content)) as image:
        rgb = image.convert("RGB")
    name = picture.filename.rpartition(".")[0] + ".jpg"
    while min(rgb.size) >= LEAST_SIDE:
        for quality in QUALITIES:
            smaller = encode(rgb, format="jpeg", quality=quality, source_type=mark)
            if len(smaller) <= most:
                return name, smaller, "image/jpeg"
        size = (round(rgb.width * SMALLER), round(rgb.height * SMALLER))
        rgb = rgb.resize(size, Image.Resampling.LANCZOS)
    raise PlatformRefused(_("The picture has more bytes than the shop takes."))
