"""Errors as RFC 9457 problems, ``application/problem+json``, with the field of each message."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.response import Response

from prodimages.api.negotiation import BodyTooLarge
from prodimages.exceptions import (
    BudgetSpent,
    IdempotencyConflict,
    ProdimagesError,
    RequestRefused,
    TransitionRefused,
)
from prodimages.services.budgets import seconds_until

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:prodimages:problem:"
_WHOLE = {"__all__", "non_field_errors"}
"""What Django and DRF call an error that is about no one field."""


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class BudgetIsSpent(APIException):
    """429 until the day is over; like a throttle it says when."""

    status_code = 429
    default_code = "budget_spent"

    def __init__(self, detail: str, wait: int):
        super().__init__(detail)
        self.wait = wait


class ShopFailed(APIException):
    status_code = 502
    default_code = "shop_failed"


class Busy(APIException):
    status_code = 503
    default_code = "busy"
    wait = 1


def handle(error: Exception, context: Any) -> Response | None:
    """The exception handler of our views, whatever the host's is."""
    return ProblemHandler(error, context).run()


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        known = _of_django(exc) or _of_ours(exc)
        if isinstance(exc, Throttled) and exc.wait:
            text = _("Too many requests; the next may follow in %(seconds)d seconds.")
            exc.detail = type(exc.detail)(text % {"seconds": exc.wait}, code="throttled")
        return known or super().convert_known_exceptions(exc)

    def should_not_handle(self, exc: Exception) -> bool:
        return False

    def convert_unhandled_exceptions(self, exc: Exception) -> APIException:
        if isinstance(exc, APIException):
            return exc
        return APIException(_("An unexpected error; the server's log has the details."))

    def format_exception(self, exc: APIException) -> dict[str, Any]:
        problem: dict[str, Any] = ProblemFormatter(exc, self.context, self.exc).run()
        return problem

    def get_response(self, exc: APIException, data: dict[str, Any]) -> Response:
        headers = self.get_headers(exc)
        return Response(data, exc.status_code, headers=headers, content_type=MEDIA_TYPE)


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        errors = error_response.errors
        invalid = isinstance(self.exc, ValidationError)
        code = "invalid" if invalid else (errors[0].code if errors else "error")
        problem = {
            "type": f"{TYPES}{code}",
            "title": HTTPStatus(self.exc.status_code).phrase,
            "status": self.exc.status_code,
            "detail": " ".join(dict.fromkeys(_sentence(error.detail) for error in errors)),
        }
        if invalid:
            problem["errors"] = [
                {"field": _field(error.attr), "code": error.code, "detail": error.detail}
                for error in errors
            ]
        return problem


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _field(name: str | None) -> str | None:
    if name is None or name in _WHOLE:
        return None
    parent, _dot, last = name.rpartition(".")
    return parent if parent and last in _WHOLE else name


def _of_django(exc: Exception) -> APIException | None:
    if isinstance(exc, Http404):
        return NotFound(_("There is no such thing here, or it is another shop's."))
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge(_("The request's body is too large."))
    if isinstance(exc, OperationalError):
        return Busy(_("The database is busy or away; try again."))
    return None


def _of_ours(exc: Exception) -> APIException | None:
    match exc:
        case BudgetSpent():
            seconds = seconds_until(exc)
            if seconds is None:
                return ValidationError({"count": [str(exc)]}, code="over_budget")
            return BudgetIsSpent(str(exc), wait=seconds)
        case IdempotencyConflict():
            return Conflict(str(exc), code="idempotency_conflict")
        case RequestRefused():
            return ValidationError(exc.problems)
        case TransitionRefused():
            return Conflict(str(exc), code="state_conflict")
        case ProdimagesError():
            return ShopFailed(str(exc))
    return None
