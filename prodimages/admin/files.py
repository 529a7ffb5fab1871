"""Private files, for whom the calling view has found allowed to see them.

Addresses carry keys of rows, never names in the storage.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse

from prodimages.conf import settings
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.services import files
from prodimages.services.downloads import private
from prodimages.services.thumbnails import photo_thumbnail
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

THUMBNAIL_SIDE = 320


def made_picture(
    stored: FieldFile, make: Callable[[bytes], bytes], content_type: str
) -> HttpResponse:
    """What ``make`` turns a stored file into. Raises Http404 when it is gone or damaged."""
    try:
        content = make(files.read(private_storage(), stored.name or ""))
    except (FileNotFoundError, JobFailure) as error:
        raise Http404("This picture can't be shown.") from error
    return private(HttpResponse(content, content_type=content_type))


def stored_thumbnail(stored: FieldFile, side: int = THUMBNAIL_SIDE) -> HttpResponse:
    return made_picture(stored, lambda content: photo_thumbnail(content, side), "image/jpeg")


def product_thumbnail(product: Any, shop: str) -> HttpResponse:
    """The product's first photo, small, straight from its shop; 404 where there is none."""
    try:
        photos = shop_backend(shop).photos(product)
        if not photos:
            raise Http404("The product has no photo.")
        with contextlib.closing(photos[0].open()) as file:
            content = file.read(settings.MAX_PHOTO_BYTES + 1)
        small = photo_thumbnail(content, THUMBNAIL_SIDE)
    except (OSError, JobFailure, RequestRefused) as error:
        raise Http404("The product's photo can't be shown.") from error
    return private(HttpResponse(small, content_type="image/jpeg"))
