"""Answers with private files, for whom the calling view has found allowed to see them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TypeVar

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from prodimages.storage import private_storage

R = TypeVar("R", bound=HttpResponseBase)

_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".tif": "image/tiff",
}


def stored_file(stored: FieldFile, content_type: str = "") -> FileResponse:
    """A file of the private storage as it is. Raises Http404 when it is gone."""
    name = stored.name or ""
    try:
        file = private_storage().open(name, "rb")
    except FileNotFoundError as error:
        raise Http404("This file is gone from the storage.") from error
    known = content_type or _TYPES.get(PurePosixPath(name).suffix, "")
    response = FileResponse(file, content_type=known or "application/octet-stream")
    # The storage's name stays private, also as the browser's suggestion for saving.
    suffix = PurePosixPath(name).suffix
    disposition = "inline" if known else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="picture{suffix}"'
    return private(response)


def private(response: R) -> R:
    """For the browser that asked and no cache on the way."""
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
