"""What pages report of pictures that were seen or chosen: counted, and forgotten who it was."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from prodimages.conf import settings
from prodimages.services import rates
from prodimages.services.storefront import counts
from prodimages.services.storefront.counts import Place
from prodimages.storefront.problems import Problem, shopper_view
from prodimages.storefront.signing import current_epoch
from prodimages.storefront.views.pictures import product_key, signed_by

MOST_BYTES = 32 * 1024
MOST = 100
"""Pictures that one report may name."""
_KINDS = ("seen", "chosen")


@shopper_view("POST")
def report(request: HttpRequest) -> HttpResponse:
    """204 once it is counted. The body is ``{"seen": [address, ...], "chosen": [...]}``.

    Only pages of this site may report (403), only so often (429), and only addresses that the
    shop made itself (403). No cookie is read, and the caller's address is kept nowhere.
    """
    _must_be_of_this_site(request)
    _must_not_be_too_often(request)
    body = _body(request)
    totals = {kind: Counter(map(_place, body[kind])) for kind in _KINDS}
    for places in totals.values():
        places.pop(None, None)
    counts.add(totals["seen"], totals["chosen"])  # type: ignore[arg-type]  # without None now
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _must_be_of_this_site(request: HttpRequest) -> None:
    """By what browsers say by themselves and no script can change; there is no token to forge."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        same = site == "same-origin"
    else:
        try:
            same = urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
        except (ValueError, DisallowedHost):
            same = False
    if not same:
        raise Problem(403, "other_origin", _("Only pages of this shop may report."))


def _must_not_be_too_often(request: HttpRequest) -> None:
    address = request.META.get("REMOTE_ADDR", "")
    # A digest, so that not even the cache knows who it was.
    who = salted_hmac("prodimages.storefront.beacon", address, algorithm="sha256").hexdigest()[:32]
    wait = rates.wait_for("beacon", who, rate=settings.STOREFRONT_BEACON_RATE)
    if wait is not None:
        headers = {"Retry-After": str(max(1, round(wait)))}
        raise Problem(429, "throttled", _("Too many reports."), headers=headers)


def _body(request: HttpRequest) -> dict[str, list[str]]:
    try:
        content = request.read(MOST_BYTES + 1)
    except (OSError, RequestDataTooBig):
        content = b""
    if len(content) > MOST_BYTES:
        raise Problem(413, "body_too_large", _("The report is too long."))
    try:
        body: Any = json.loads(content)
        found = {kind: body.get(kind, []) for kind in _KINDS}
        texts = [text for listed in found.values() for text in listed]
        understood = all(isinstance(listed, list) for listed in found.values()) and all(
            isinstance(text, str) for text in texts
        )
    except (AttributeError, RecursionError, TypeError, ValueError):
        understood, texts, found = False, [], {}
    if not understood or len(texts) > MOST:
        raise Problem(400, "parse_error", _("The report is not understood."))
    return found


def _place(address: str) -> Place | None:
    """What the address of a picture shows; None for an old one. Raises Problem for a forged one."""
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
        values = {name: found[-1] for name, found in parse_qs(parts.query).items()}
    except (Resolver404, ValueError):
        raise _forged() from None
    if match.url_name != "picture" or "product" not in match.kwargs:
        raise _forged()
    signed = signed_by(values, str(match.kwargs["product"]))
    # A page may be open for a while, but not for ever.
    if abs(signed.epoch - current_epoch(signed.product)) > 1:
        return None
    return Place(signed.shop, product_key(signed.product), signed.variant)


def _forged() -> Problem:
    return Problem(403, "forged_address", _("This address was not made by the shop."))
