"""Owner tokens: whoever has one may see and erase what belongs to it, and nobody else may."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid

from prodimages.models import ShopperPhoto, TryOn

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class NotYours(Exception):
    """No such try-on for this token: forged, expired, erased or another shopper's."""


def new_token() -> str:
    """256 bits, in 43 characters that a header takes."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token. Raises NotYours for what is none."""
    if not _TOKEN.fullmatch(token):
        raise NotYours
    return hashlib.sha256(token.encode()).hexdigest()


def try_on_of(token: str, ref: uuid.UUID) -> TryOn:
    """Raises NotYours, in one and the same way whatever the reason is."""
    found = (
        TryOn.objects.select_related("photo", "job")
        .filter(ref=ref, photo__owner=digest(token), photo__in=ShopperPhoto.objects.alive())
        .first()
    )
    if found is None:
        raise NotYours
    return found


def newest_photo(token: str) -> ShopperPhoto:
    """The photo that this shopper gave last. Raises NotYours when there is none any more."""
    mine = ShopperPhoto.objects.alive().filter(owner=digest(token))
    found = mine.exclude(file="").order_by("-pk").first()
    if found is None:
        raise NotYours
    return found
