"""How a picture of ours is known again in a shop, and how photos are named."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

_KEY = re.compile(r"prodimages-\d+-\d+-[0-9a-z]+")


def key_in(text: str | None) -> str:
    """The key of our picture within a file's name or address; "" in one that is not ours.

    Every platform keeps the name of an uploaded file, and at most appends to it.
    """
    found = _KEY.search(unquote(text or ""))
    return found[0] if found else ""


def photo_ref(url: str) -> str:
    """The same for one photo, however often its platform changes the query behind its address."""
    try:
        parts = urlsplit(url)
        lasting = f"{parts.netloc}{parts.path}"
    except ValueError:  # no address: whoever downloads it says so
        lasting = url
    return hashlib.sha256(lasting.encode()).hexdigest()[:32]
