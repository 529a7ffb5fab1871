"""Pages by cursor: as quick at the millionth row as at the first, and steady while rows come."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MOST = 200
_MOST_KEY = 2**63 - 1


class NewestFirst(CursorPagination):
    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    page_size_query_description = gettext_lazy("Rows of a page: 1 to 200.")
    cursor_query_description = gettext_lazy("Take it from “next” or “previous” of a page.")
    max_page_size = MOST

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= MOST):
            text = _("A page has 1 to %(most)d rows.") % {"most": MOST}
            raise ValidationError({"page_size": [text]})
        return int(given)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise _refused() from error
        if cursor is not None and cursor.position is not None:
            position = cursor.position
            if not (position.isascii() and position.isdecimal() and len(position) < 20):
                raise _refused()
            if int(position) > _MOST_KEY:
                raise _refused()
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        uri = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": uri, "previous": uri, "results": schema},
        }


def _refused() -> ValidationError:
    return ValidationError({"cursor": [_("This is no cursor of a page of this list.")]})
