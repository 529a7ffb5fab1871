"""What our own pages in the admin have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_live(request: HttpRequest) -> bool:
    """Whether htmx asks; the host need not have its middleware."""
    return request.headers.get("HX-Request") == "true"


def guarded(site: AdminSite, view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """``site.admin_view``, but whoever is logged out meanwhile gets the whole page anew.

    htmx follows the redirect to the login unseen and would put that page into a part of ours.
    """
    inner = site.admin_view(view)

    @functools.wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_live(request) and not site.has_permission(request):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return inner(request, *args, **kwargs)

    return call


def admin_url(site: AdminSite, name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args, current_app=site.name)


def page(
    request: HttpRequest,
    site: AdminSite,
    template: str,
    context: dict[str, Any],
    *,
    is_wide: bool = False,
) -> TemplateResponse:
    """One of our pages in the admin's frame; a wide one leaves out the navigation beside it."""
    request.current_app = site.name
    frame = site.each_context(request)
    if is_wide:
        frame["is_nav_sidebar_enabled"] = False
    return TemplateResponse(request, template, {**frame, **context})


def back(request: HttpRequest, fallback: str, *, anchor: str = "") -> HttpResponse:
    """To the page that the form named as ``next``, when it is one of this site's."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect((wanted if safe else fallback) + (f"#{anchor}" if anchor else ""))
