"""Both ways of the wire: strict JSON in, JSON out, whatever the client says it prefers."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.mediatypes import media_type_matches

MOST_BYTES = 1024 * 1024
"""Of a request's body; a thousand products fit in many times over."""


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"


class StrictJSONParser(BaseParser):
    """JSON as the standard has it: UTF-8, no NaN, and no deeper than it can be read."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            text = _("The request's body is over %(most)d KiB.")
            raise BodyTooLarge(text % {"most": MOST_BYTES // 1024})
        try:
            return json.loads(codecs.decode(body, "utf-8"), parse_constant=_refuse_constant)
        except (RecursionError, ValueError) as error:
            raise ParseError(_("The request's body is not valid JSON.")) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class StrictJSONRenderer(JSONRenderer):
    ensure_ascii = True  # also for a lone surrogate that a client sent and an error repeats
    compact = True
    strict = True


class JSONOnly(BaseContentNegotiation):
    """The one renderer of the view, so that no ``Accept`` or ``?format=`` of a client fails."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        for parser in parsers:
            if media_type_matches(parser.media_type, request.content_type):
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
