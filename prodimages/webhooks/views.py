"""Takes a delivery: read, verify, write one row, answer. The work is a worker's."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from prodimages.choices import NotKept
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.services import signing_keys
from prodimages.services.inbound import receiving
from prodimages.shops.platform import (
    Delivery,
    PayloadRefused,
    PlatformShop,
    SignatureRefused,
    UnknownSigningKey,
)
from prodimages.shops.registry import platform_shop

logger = logging.getLogger(__name__)

BUSY_SECONDS = 30
_MOST_DIGITS = 18
"""Of a stated length; Python refuses to read numbers of thousands of digits."""


class TooBig(Exception):
    """The body is over the cap."""


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def receive(request: HttpRequest, shop: str) -> HttpResponse:
    """202 for a new event; 200 where there is nothing (more) to do; else why not.

    401 unsigned, 413 over ``MAX_EVENT_BYTES``, 400 not understood, 404 no such shop, and 503
    where the database does not answer, so that the sender tries again.
    """
    try:
        backend = platform_shop(shop)
    except RequestRefused:
        return _answer(404, _("There is no such shop."))
    try:
        return _take_in(request, backend)
    except DatabaseError:
        logger.exception("A delivery of %s could not be kept.", shop)
        return _answer(503, _("Try again later."), {"Retry-After": str(BUSY_SECONDS)})


def _take_in(request: HttpRequest, backend: PlatformShop) -> HttpResponse:
    shop = backend.shop
    try:
        delivery = _delivery(request)
        backend.verify(delivery)
        event = backend.parse(delivery)
        if len(event.external_id) > receiving.LONGEST_ID:
            raise PayloadRefused(_("The product's id is too long."))
    except TooBig:
        receiving.count(shop, NotKept.TOO_BIG)
        return _answer(413, _("The body is over the limit."))
    except SignatureRefused as refused:
        if isinstance(refused, UnknownSigningKey):
            signing_keys.want(shop)
        receiving.count(shop, NotKept.SIGNATURE)
        return _answer(401, str(refused))
    except PayloadRefused as refused:
        receiving.count(shop, NotKept.INVALID)
        return _answer(400, str(refused))
    if receiving.accept(shop, event, delivery.received_at):
        return _answer(202, _("Accepted."))
    return _answer(200, _("Nothing to do."))


def _delivery(request: HttpRequest) -> Delivery:
    """The raw body, read up to the cap. Raises TooBig; SignatureRefused for a broken-off one."""
    received_at = timezone.now()
    most = settings.MAX_EVENT_BYTES
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated.isdecimal() and (len(stated) > _MOST_DIGITS or int(stated) > most):
        raise TooBig
    try:
        # Not request.body: that obeys DATA_UPLOAD_MAX_MEMORY_SIZE, which is meant for forms.
        body = request.read(most + 1)
    except RequestDataTooBig as error:
        raise TooBig from error
    except OSError as error:
        raise SignatureRefused(_("The body is incomplete.")) from error
    if len(body) > most:
        raise TooBig
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Delivery(headers=headers, body=body, received_at=received_at)


def _answer(status: int, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status, headers=headers)
