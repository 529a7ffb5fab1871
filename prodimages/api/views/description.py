"""The OpenAPI document, and the page that shows it; both are public, as this source is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from prodimages.api.schema import describe


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    here = reverse("prodimages_api:openapi", current_app=_app(request))
    server = here.removesuffix("/openapi.json")
    return JsonResponse(describe(server), json_dumps_params={"indent": 1})


@require_safe
@ensure_csrf_cookie
def docs(request: HttpRequest) -> HttpResponse:
    header = settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-")
    context = {
        "openapi_url": reverse("prodimages_api:openapi", current_app=_app(request)),
        "csrf_header": header,
    }
    return render(request, "prodimages/api/docs.html", context)


def _app(request: HttpRequest) -> str | None:
    """The namespace under which the host included us."""
    return request.resolver_match.namespace if request.resolver_match else None
