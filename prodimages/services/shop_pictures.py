"""An approved picture as its shop gets it, and a shop's refusal in words."""

from __future__ import annotations

import io

from django.utils.text import slugify

from prodimages.exceptions import ProdimagesError
from prodimages.models import GeneratedImage
from prodimages.services import files
from prodimages.services.sink import EXTENSIONS
from prodimages.shops.base import Picture
from prodimages.storage import private_storage


def picture_of(image: GeneratedImage, *, order_key: str = "") -> Picture:
    """Raises OSError, or the storage library's own error, when the file can't be read."""
    name = slugify(f"{image.job.product_label} {image.job.style_name}") or "picture"
    content = files.read(private_storage(), image.file.name)
    return Picture(
        ref=image.publish_key,
        open=lambda: io.BytesIO(content),
        # Short enough for a file field of 100 characters: a storage that has to shorten the
        # name cuts off its end, and with it the key by which a shop may know the picture.
        filename=f"{name[:40]}-{image.publish_key}.{EXTENSIONS[image.mime]}",
        alt=image.job.product_label,
        width=image.width,
        height=image.height,
        mime=image.mime,
        order_key=order_key,
    )


def why(error: Exception) -> str:
    """The shop's own words, or the kind of error where it found none."""
    return str(error) if isinstance(error, ProdimagesError) else files.reason(error)
