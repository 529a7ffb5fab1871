"""Errors of the storefront as RFC 9457 problems, in the shape of the API's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from prodimages.exceptions import RequestRefused

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:prodimages:problem:"
View = Callable[..., HttpResponseBase]


class Problem(Exception):
    """An answer that is not what was asked for, with words for a person."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ):
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.headers = fields or {}, dict(headers or {})
        super().__init__(detail)

    @classmethod
    def refused(cls, refused: RequestRefused) -> Problem:
        """400, with the field of each message."""
        return cls(400, "invalid", str(refused), fields=refused.problems)

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": f"{TYPES}{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fields:
            body["errors"] = [
                {"field": None if name == "__all__" else name, "code": self.code, "detail": text}
                for name, texts in self.fields.items()
                for text in texts
            ]
        headers = {"Cache-Control": "no-store", **self.headers}
        return JsonResponse(body, status=self.status, content_type=MEDIA_TYPE, headers=headers)


def shopper_view(*methods: str) -> Callable[[View], View]:
    """A view for anybody: these methods only, problems as problems, no session, no CSRF cookie.

    It opens no transaction by itself, whatever ATOMIC_REQUESTS says: a reader must not wait for
    a writer. What changes something has to ask for a proof that it is meant by other means.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @transaction.non_atomic_requests
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise Problem(
                        405,
                        "method_not_allowed",
                        _("This method is not understood here."),
                        headers={"Allow": ", ".join(methods)},
                    )
                return view(request, *args, **kwargs)
            except Problem as problem:
                return problem.response()
            except RequestRefused as refused:
                return Problem.refused(refused).response()
            except (SuspiciousOperation, MultiPartParserError):
                text = _("The request can't be read.")
                return Problem(400, "unreadable", text).response()
            except OperationalError:
                text = _("The database is busy or away; try again.")
                return Problem(503, "busy", text, headers={"Retry-After": "1"}).response()

        return answer

    return decorate
