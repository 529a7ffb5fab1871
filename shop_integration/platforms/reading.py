"""Values of payloads and answers, which are not always what is documented."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import strip_tags

_BREAK = re.compile(r"<(?:br|/p|/li|/h\d|/div|/tr)\b[^>]*>", re.IGNORECASE)
_LONGEST = 5000


def plain(markup: Any) -> str:
    """Text without its markup, in one paragraph."""
    text = html.unescape(strip_tags(_BREAK.sub(" ", as_text(markup)[: 20 * _LONGEST])))
    return " ".join(text.split())[:_LONGEST]


def as_text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing else of it."""
    listed = value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, Mapping)]


def within(value: Any, *names: str) -> Any:
    """``value[a][b]``; None where something on the way is missing."""
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def moment(value: Any) -> datetime | None:
    """An ISO 8601 moment, in UTC where it names no zone; None for what is none."""
    try:
        found = parse_datetime(as_text(value))
    except ValueError:
        return None
    if found is None or found.tzinfo is not None:
        return found
    return found.replace(tzinfo=UTC)
