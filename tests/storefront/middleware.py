"""Middleware of a host that looks into the session at every request, as many do."""

from __future__ import annotations


def touch_session(get_response):
    def call(request):
        response = get_response(request)
        request.session["seen"] = True
        response.set_cookie("tracker", "1")
        return response

    return call
