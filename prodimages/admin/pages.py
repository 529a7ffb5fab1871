"""What our own pages in the admin have in common."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_live(request: HttpRequest) -> bool:
    """Whether htmx asks; the host need not have its middleware."""
    return request.headers.get("HX-Request") == "true"


def admin_url(site: AdminSite, name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args, current_app=site.name)


def page(
    request: HttpRequest, site: AdminSite, template: str, context: dict[str, Any]
) -> TemplateResponse:
    request.current_app = site.name
    return TemplateResponse(request, template, {**site.each_context(request), **context})


def back(request: HttpRequest, fallback: str, *, anchor: str = "") -> HttpResponse:
    """To the page that the form named as ``next``, when it is one of this site's."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect((wanted if safe else fallback) + (f"#{anchor}" if anchor else ""))
