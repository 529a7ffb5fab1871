"""The JSON of a delivery, so that every database can keep it."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from prodimages.shops.platform import PayloadRefused

# Escapes of NUL and of half a surrogate pair are valid JSON that PostgreSQL can't store.
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse_json(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises PayloadRefused when it is anything else.

    Characters that a database can't hold become U+FFFD.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
        if _UNSTORABLE_ESCAPE.search(body):
            value = _storable(value)
    except (ValueError, RecursionError) as error:
        raise PayloadRefused(_("The body is not JSON.")) from error
    if not isinstance(value, dict):
        raise PayloadRefused(_("The body is not a JSON object."))
    return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _UNSTORABLE.sub("\ufffd", value)
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(name): _storable(item) for name, item in value.items()}
    return value
