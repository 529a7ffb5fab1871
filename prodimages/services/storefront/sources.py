"""What a shopper's picture was made from, as digests that change when that does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from prodimages.models import Style
from prodimages.shops.base import Photo

_OF_STYLE = (
    *("task", "engine", "prompt", "negative_prompt", "parameters"),
    *("size", "aspect", "format", "quality"),
)
"""What decides how a picture looks; a style's name or place in a list does not."""


def style_digest(style: Style | None) -> str:
    """Empty for no style."""
    if style is None:
        return ""
    values = {name: getattr(style, name) for name in _OF_STYLE}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def photo_digest(photos: Sequence[Photo]) -> str:
    """Of the main photo, as far as its shop tells; empty without one."""
    if not photos:
        return ""
    return hashlib.sha256(f"{photos[0].ref}\0{photos[0].version}".encode()).hexdigest()
