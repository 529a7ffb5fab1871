"""The OpenAPI description: made from the views, and nothing of the host's settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.urls import include, path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import SPECTACULAR_DEFAULTS, patched_settings
from drf_spectacular.utils import extend_schema

import prodimages
from prodimages.storefront import openapi as storefront

_LOCK = threading.Lock()

DESCRIPTION = """\
Product pictures for a shop: order them, follow them, review them, publish them.

Programs send `Authorization: Bearer` and an API key's secret; a key belongs to one shop and has
scopes. Staff use their session, with the CSRF token for what changes something. Errors are RFC 9457
problems. A generation is one product in one style; poll it while it answers with `Retry-After`.
"""

_OWN = {
    "TITLE": "prodimages",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": prodimages.__version__,
    "OAS_VERSION": "3.0.3",
    "SCHEMA_PATH_PREFIX": "/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "GenerationState": "prodimages.choices.JobState",
        "ImageState": "prodimages.choices.ImageState",
        "Reason": "prodimages.choices.Reason",
        "FailureKind": "prodimages.choices.FailureKind",
        "SourceType": "prodimages.choices.SourceType",
        "Task": "prodimages.choices.Task",
    },
    "TAGS": [
        {"name": "generations", "description": "Orders for pictures, and how far they are."},
        {"name": "images", "description": "The pictures, their review and their publication."},
        {"name": "styles", "description": "What pictures can look like."},
        storefront.TAG,
    ],
    "DISABLE_ERRORS_AND_WARNINGS": False,
}


class ProblemSchema(AutoSchema):
    """Adds the problems that every operation can answer with."""

    def get_tags(self) -> list[str]:
        name = self.path.strip("/").partition("/")[0]
        return ["images" if name == "products" else name]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        codes = ["400", "401", "403", "404", "429"]
        if self.method == "POST":
            codes += ["409", "413", "415"]
        if "{" not in self.path:
            codes.remove("404")
        return {**bodies, **{code: {"$ref": f"#/components/responses/{code}"} for code in codes}}


F = TypeVar("F", bound=Callable[..., Any])


def operation(**facts: Any) -> Callable[[F], F]:
    """``extend_schema`` upon our own schema class; by itself it builds upon the host's."""

    def decorate(method: F) -> F:
        method.schema = ProblemSchema()  # type: ignore[attr-defined]
        decorated: F = extend_schema(**facts)(method)
        return decorated

    return decorate


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "prodimages.api.authentication.BearerAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key's secret."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "prodimages.api.authentication.StaffSessionAuthentication"
    name = "staffSession"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        cookie = settings.SESSION_COOKIE_NAME
        return {"type": "apiKey", "in": "cookie", "name": cookie, "description": "Staff only."}


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` is there when something in the request can't be used.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:prodimages:problem:invalid"},
        "title": {"type": "string", "example": "Bad Request"},
        "status": {"type": "integer", "example": 400},
        "detail": {"type": "string", "description": "For a person to read."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {
                        "type": "string",
                        "nullable": True,
                        "description": "Dotted path in the body, or a parameter or header.",
                        "example": "overrides.scale",
                    },
                    "code": {"type": "string", "example": "invalid"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_MEANINGS = {
    "400": "Something in the request can't be used; `errors` says what.",
    "401": "No valid API key and no session.",
    "403": "The key's scopes or the person's permissions don't cover this.",
    "404": "There is no such row in this shop.",
    "409": "The row's state forbids it, or the idempotency key was used for another body.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests, or the day's budget is spent.",
}


def _complete(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    components = result["components"]
    schemas = {**components["schemas"], **storefront.schemas(), "Problem": _PROBLEM}
    components["schemas"] = dict(sorted(schemas.items()))
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[str, Any] = {
        code: {"description": meaning, "content": content} for code, meaning in _MEANINGS.items()
    }
    responses["429"]["headers"] = {"Retry-After": _RETRY_AFTER}
    components["responses"] = responses
    result["paths"] |= storefront.paths()
    for methods in result["paths"].values():
        for parameter in (each for one in methods.values() for each in one.get("parameters", ())):
            if parameter["in"] == "path" and parameter["schema"]["type"] == "integer":
                parameter["schema"]["minimum"] = 1
    return result


def describe(server: str) -> dict[str, Any]:
    """The OpenAPI document of the API as mounted at ``server``, such as ``/api/v1``."""
    return {**_document(), "servers": [{"url": server}]}


@cache
def _document() -> dict[str, Any]:
    from prodimages.api import urls

    own: dict[str, Any] = {
        name: value
        for name, value in SPECTACULAR_DEFAULTS.items()
        if not name.startswith("SERVE_") and name != "DEFAULT_GENERATOR_CLASS"
    }
    own |= _OWN
    own["POSTPROCESSING_HOOKS"] = [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "prodimages.api.schema._complete",
    ]
    with _LOCK, patched_settings(own):
        generator = SchemaGenerator(patterns=[path("", include(urls))])
        document: dict[str, Any] = generator.get_schema(request=None, public=True)
    return document
