"""Answers with pictures: public ones for every cache, and pending ones for none."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.encoding import iri_to_uri
from django.utils.http import parse_etags

from prodimages.conf import settings
from prodimages.services import files
from prodimages.services.storefront.shown import Shown
from prodimages.storage import private_storage

MIMES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
STATUS = "X-Prodimages-Status"
SOON = 60
"""Seconds for which an outdated picture is kept: a newer one is on its way."""


class _Impersonal(ResponseHeaders):
    """Leaves out what middleware adds by habit and would spoil, or leak through, a shared cache.

    One address is one file, whatever language, cookie or encoding the browser asks with.
    """

    _never = frozenset({"vary", "set-cookie", "content-language", "content-encoding"})

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() not in self._never:
            super().__setitem__(key, value)


class PublicResponse(HttpResponse):
    """The same for everybody; no middleware can make it vary, or put a cookie on it."""

    def __init__(self, content: bytes = b"", *, headers: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(content, **kwargs)
        kept = dict(self.headers.items()) if kwargs.get("status") != 304 else {}
        self.headers: ResponseHeaders = _Impersonal(kept | dict(headers))

    def has_header(self, header: str) -> bool:
        """It passes for encoded, else GZipMiddleware encodes it, and can't say so."""
        return header.lower() == "content-encoding" or super().has_header(header)

    __contains__ = has_header

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """No cookie rides on a picture."""

    def delete_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Nor does the end of one."""


def ready(request: HttpRequest, picture: Shown) -> HttpResponse:
    """A published picture: from the storage, or by the web server where ACCEL is set.

    Raises OSError, or the storage library's own error, when its file can't be read.
    """
    etag = f'"{picture.digest[:32]}"'
    headers = {
        "Cache-Control": _lifetime(picture),
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
        STATUS: "ready" if picture.stale_since is None else "stale",
    }
    if _is_known(request, etag):
        return PublicResponse(status=304, headers=headers)
    content_type = MIMES[picture.format]
    if settings.STOREFRONT_ACCEL:
        headers["X-Accel-Redirect"] = settings.STOREFRONT_ACCEL + quote(picture.file)
        return PublicResponse(headers=headers, content_type=content_type)
    content = files.read(private_storage(), picture.file)
    headers["Content-Length"] = str(len(content))
    return PublicResponse(content, headers=headers, content_type=content_type)


def _lifetime(picture: Shown) -> str:
    seconds = settings.STOREFRONT_MAX_AGE if picture.stale_since is None else SOON
    return f"public, max-age={seconds}, stale-while-revalidate=60, stale-if-error=86400"


def _is_known(request: HttpRequest, etag: str) -> bool:
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in given or etag in {one.removeprefix("W/") for one in given}


def not_yet(content: bytes, content_type: str, status: str) -> HttpResponse:
    """What stands in for a picture, for this once: no cache may keep it."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(len(content)),
        "X-Content-Type-Options": "nosniff",
        STATUS: status,
    }
    return PublicResponse(content, headers=headers, content_type=content_type)


def elsewhere(address: str, status: str) -> HttpResponse:
    """The shop's own photo stands in, from where its pages show it anyway."""
    headers = {"Cache-Control": "no-store", "Location": iri_to_uri(address), STATUS: status}
    return PublicResponse(headers=headers, status=302)


PLACEHOLDER = io.BytesIO(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 8 8" width="640" height="640">'
    b'<rect x="-2" y="-2" width="8" height="8" fill="#eeece8"/>'
    b'<path d="M1.4 1.55h1.2v.95H1.4zM1.4 2.3l.35-.35.3.3.2-.18.35.33" fill="none" '
    b'stroke="#b9b4aa" stroke-width=".06" stroke-linejoin="round"/>'
    b'<circle cx="2.25" cy="1.82" r=".09" fill="#b9b4aa"/></svg>'
).getvalue()
"""A neutral picture of a picture, for a product that has none."""
