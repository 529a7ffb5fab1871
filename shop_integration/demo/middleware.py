"""Keeps the demo to this machine: its log-in is printed on the screen."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden


class LoopbackOnlyMiddleware:
    """Refuses requests that don't come from this machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_loopback(request.META.get("REMOTE_ADDR", "")) and not _forwarded(request):
            return self.get_response(request)
        return HttpResponseForbidden(
            "The demo answers to its own machine only. For a site of your own, set "
            "PRODIMAGES_DEMO=0 and SECRET_KEY."
        )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _forwarded(request: HttpRequest) -> bool:
    """A proxy on this machine would make every visitor look like loopback."""
    return any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"))
