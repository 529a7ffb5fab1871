"""A product's picture for one kind of shopper: at once, whatever there is of it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.imaging.sizes import can_write
from prodimages.models import GeneratedImage, StorefrontVariant
from prodimages.services import files
from prodimages.services.storefront import orders, renditions, scenes, shown
from prodimages.services.storefront.contexts import Context
from prodimages.services.storefront.shown import Shown
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage
from prodimages.storefront import responses
from prodimages.storefront.pictures import NAMES
from prodimages.storefront.problems import Problem, shopper_view
from prodimages.storefront.signing import Forged, Signed, check

logger = logging.getLogger(__name__)

PENDING, EXPIRED = "pending", "expired"


@shopper_view("GET", "HEAD")
def picture(request: HttpRequest, product: str) -> HttpResponseBase:
    """200 with the picture, or with what stands in for it; never waits for one to be made.

    403 for an address that the shop did not make, 400 for a scene, width or format that is not
    offered, 404 for a product that is gone. ``pending`` changes nothing: a page that waits asks
    with it, so that what stands in has another address than the picture that takes its place.
    """
    signed = signed_by(request.GET, product)
    _refuse_decoration(request)
    context = Context.from_key(signed.variant)
    scenes.must_be_offered(signed.shop, context.scene)
    format, width = _wanted(request)
    key = product_key(product)
    found = shown.find(signed.shop, key, context.key, format, width)
    if found is None:
        return _not_there(request, signed, key, context, format, width)
    try:
        response = responses.ready(request, found)
    except Exception as error:  # each storage library raises errors of its own
        _unreadable(found, error)
        return _not_there(request, signed, key, context, format, width)
    if found.width > width or (found.format != format and can_write(format)):
        renditions.again(found.file)  # the settings named other widths or formats once
    _remember(signed, key, context, found)
    return response


def _unreadable(found: Shown, error: Exception) -> None:
    logger.warning("The file %s of a shopper's picture can't be read.", found.file, exc_info=True)
    if isinstance(error, FileNotFoundError):
        renditions.again(found.file, is_lost=True)


def _refuse_decoration(request: HttpRequest) -> None:
    """Whoever writes an address in another way makes a CDN ask us for what it has, and keep it
    once more. Raises RequestRefused.
    """
    for name, values in request.GET.lists():
        if name not in NAMES or len(values) > 1 or (name == "pending" and values != ["1"]):
            raise _not_understood(name[:100])
    query = request.META.get("QUERY_STRING", "")
    names = [part.partition("=")[0] for part in query.split("&") if query]
    # Nothing that we sign needs an escape; some caches put the parameters in alphabetical order.
    orders = sorted(names), [name for name in NAMES if name in names]
    if "%" in query or "+" in query or names not in orders:
        raise _not_understood("query")


def _not_understood(name: str) -> RequestRefused:
    known = ", ".join(NAMES)
    text = _("Not understood, or given twice; known: %(known)s.") % {"known": known}
    return RequestRefused.about(name, text)


def signed_by(values: Any, product: str) -> Signed:
    """The address that ``v``, ``e``, ``s`` and ``shop`` name. Raises Problem (403)."""
    try:
        return check(
            shop=values.get("shop", "local"),
            product=product,
            variant=values.get("v", ""),
            epoch=values.get("e", ""),
            signature=values.get("s", ""),
        )
    except Forged:
        raise Problem(403, "forged_address", _("This address was not made by the shop.")) from None


def _wanted(request: HttpRequest) -> tuple[str, int]:
    """Format and width. Raises RequestRefused, naming what is offered, for others."""
    offered: dict[str, list[str]] = {
        "f": [*dict.fromkeys([*settings.STOREFRONT_FORMATS, "jpeg"])],
        "w": [str(width) for width in settings.STOREFRONT_WIDTHS],
    }
    for name, values in offered.items():
        if request.GET.get(name, values[-1]) not in values:
            text = _("Not offered; there are: %(known)s.") % {"known": ", ".join(values)}
            raise RequestRefused.about(name, text)
    return request.GET.get("f", "jpeg"), int(request.GET.get("w", offered["w"][-1]))


def product_key(text: str) -> Any:
    """The key as the product model has it. Raises Problem (404) for what can be none."""
    field: Any = StorefrontVariant._meta.get_field("product").target_field
    try:
        return field.to_python(text)
    except ValidationError:
        raise _gone() from None


def _gone() -> Problem:
    return Problem(404, "not_found", _("There is no such product."))


def _not_there(
    request: HttpRequest, signed: Signed, product: Any, context: Context, format: str, width: int
) -> HttpResponse:
    """Order it, if this address may, and show the best that there is."""
    if signed.is_fresh:
        _want(signed, product, context)
    status = PENDING if signed.is_fresh else EXPIRED
    other = shown.stand_in(signed.shop, product, format, width)
    try:
        match other:
            case Shown():
                content = files.read(private_storage(), other.file)
                return responses.not_yet(content, responses.MIMES[other.format], status)
            case GeneratedImage():
                content = files.read(private_storage(), other.file.name)
                return responses.not_yet(content, other.mime, status)
    except Exception as error:
        if isinstance(other, Shown):
            _unreadable(other, error)
        else:
            logger.warning("A picture that stands in can't be read.", exc_info=True)
    # A script that asks how far it is must not be led away to a file that can't tell.
    if other is None and request.method == "GET" and (address := _photo_url(signed, product)):
        return responses.elsewhere(address, status)
    return responses.not_yet(responses.PLACEHOLDER, "image/svg+xml", status)


def _photo_url(signed: Signed, product: Any) -> str:
    try:
        backend = shop_backend(signed.shop)
        found = backend.products().filter(pk=product).first()
        return backend.photo_url(found) if found is not None else ""
    except Exception:  # whatever a shop's own code raises
        logger.warning("The shop's own photo can't stand in.", exc_info=True)
        return ""


def _want(signed: Signed, product: Any, context: Context) -> None:
    try:
        orders.want(signed.shop, product, context)
    except orders.NoSuchProduct:
        raise _gone() from None
    except RequestRefused:
        raise
    except (
        Exception
    ):  # the database is busy, or the shop's own code failed: a shopper waits for none
        logger.warning("A shopper's picture could not be ordered.", exc_info=True)


def _remember(signed: Signed, product: Any, context: Context, found: Shown) -> None:
    """What a hit has to write, which is hardly ever anything."""
    now = timezone.now()
    if found.stale_since is not None and found.due_at and found.due_at <= now and signed.is_fresh:
        _want(signed, product, context)
    seldom = timedelta(days=settings.STOREFRONT_DAYS) / 6
    if found.asked_at and found.asked_at < now - seldom:
        StorefrontVariant.objects.filter(pk=found.variant).update(asked_at=now)
