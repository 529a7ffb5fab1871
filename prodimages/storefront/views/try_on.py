"""Try-ons of shoppers: ask, follow, place the landmarks, look, erase.

The owner token comes in the body of the first answer, and back in the header ``X-Try-On-Token``;
it never is a part of an address.
"""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from prodimages.exceptions import BudgetSpent, JobFailure, RequestRefused
from prodimages.imaging.regions import MOST_MASK_BYTES, mask_too_heavy
from prodimages.models import ShopperPhoto, TryOn
from prodimages.services.budgets import seconds_until
from prodimages.services.try_on import erasure, ordering, owners, painting, quotas
from prodimages.services.try_on.status import MOVING, Status, status_of
from prodimages.storage import shopper_storage
from prodimages.storefront.problems import Problem, shopper_view
from prodimages.storefront.try_on_form import read_agreement, wish_from

HEADER = "X-Try-On-Token"
_RETRY_SECONDS = "1"
_MOST_LANDMARKS = 8 * 1024
R = TypeVar("R", bound=HttpResponseBase)


def unseen(response: R) -> R:
    """For the one who asked; nothing on the way and no browser keeps it."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "same-origin"  # with none a form has no origin, which CSRF wants
    response["Vary"] = HEADER
    return response


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """What may go wrong with a try-on, as problems with words for a shopper."""
    try:
        yield
    except owners.NotYours as error:
        text = _("There is no such try-on, its time is over, or it is not yours.")
        raise Problem(403, "not_yours", text) from error
    except ordering.NotOffered as error:
        raise Problem(404, "not_offered", _("This shop has no try-on.")) from error
    except ordering.NoGarment as error:
        raise Problem(409, "no_garment", str(error)) from error
    except ordering.FromBehind as error:
        raise Problem(409, "from_behind", str(error)) from error
    except ordering.RegionsSpent as error:
        text = _("You have looked at it often enough; make the preview now.")
        raise Problem(429, "regions_spent", text) from error
    except quotas.QuotaSpent as error:
        text = _("Enough try-ons for today; tomorrow there are more.")
        wait = {"Retry-After": str(error.seconds)}
        raise Problem(429, "over_quota", text, headers=wait) from error
    except BudgetSpent as error:
        text = _("The shop makes no more try-ons today.")
        wait = {"Retry-After": str(seconds_until(error) or 3600)}
        raise Problem(429, "budget_spent", text, headers=wait) from error
    except JobFailure as error:
        text = _("The photo could not be kept. Please try again.")
        raise Problem(503, "storage", text, headers={"Retry-After": "5"}) from error


def described(try_on: TryOn) -> dict[str, Any]:
    """A try-on as its owner sees it."""
    photo, status = try_on.photo, status_of(try_on)
    here = {"ref": try_on.ref}
    links = {"self": _url("try-on", here), "photo": _url("try-on-photo", here)}
    if status.state == "done":
        links["image"] = _url("try-on-image", here)
    if status.state in ("placing", "painting") and painting.is_there(try_on):
        links["region"] = _url("try-on-region", here)
    return {
        "id": str(try_on.ref),
        "state": status.state,
        "percent": status.percent,
        "problem": _problem(status),
        "product": None if try_on.product_id is None else str(try_on.product_id),
        "photo": {"width": photo.width, "height": photo.height, "faces": photo.faces},
        "landmarks": photo.landmarks or None,
        "asks_front_view": asks_side(photo),
        "preview": True,
        "notices": list(try_on.notices),
        "expires_at": photo.expires_at.isoformat(),
        "links": links,
    }


def _problem(status: Status) -> dict[str, Any] | None:
    if not status.problem:
        return None
    return {"kind": status.kind, "detail": status.problem, "may_place": status.may_place}


def asks_side(photo: ShopperPhoto) -> bool:
    """Whether the shopper has to say that the photo is from the front."""
    return photo.faces == 0 and photo.is_front is None


def _url(name: str, values: dict[str, Any]) -> str:
    return reverse(f"prodimages_storefront:{name}", kwargs=values)


def _answer(try_on: TryOn, status: int = 200, **more: Any) -> HttpResponse:
    body = described(try_on)
    response = JsonResponse({**body, **more}, status=status)
    if body["state"] in MOVING:
        response["Retry-After"] = _RETRY_SECONDS
    if status == 202:
        response["Location"] = body["links"]["self"]
    return unseen(response)


def _token(request: HttpRequest) -> str:
    return str(request.headers.get(HEADER, ""))


def _owned(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Gives the view the try-on that the token's owner means. 403 for everybody else."""

    @functools.wraps(view)
    def answer(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
        with explained():
            return view(request, owners.try_on_of(_token(request), ref))

    return answer


@shopper_view("POST")
@sensitive_post_parameters()
@sensitive_variables()
def try_ons(request: HttpRequest) -> HttpResponseBase:
    """Take a photo and a product; 202 with the owner token."""
    if request.content_type != "multipart/form-data":
        raise Problem(415, "not_multipart", _("Send a form with the photo: multipart/form-data."))
    with explained():
        wish = wish_from(request, token=_token(request))
        try_on = ordering.place(wish)
    return _answer(try_on, 202, token=wish.token)


@shopper_view("GET", "HEAD", "DELETE")
@_owned
def one_try_on(request: HttpRequest, try_on: TryOn) -> HttpResponseBase:
    """How far it is; or, with DELETE, erase the photo and all that was made of it."""
    if request.method == "DELETE":
        erasure.erase(try_on.photo)
        return unseen(HttpResponse(status=204))
    return _answer(try_on)


@shopper_view("PUT")
@_owned
def landmarks(request: HttpRequest, try_on: TryOn) -> HttpResponseBase:
    """Agree to landmarks, moved or not: the picture is made with them, or, with ``show_region``,
    the region is found by them, for the shopper to look at. 202.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_LANDMARKS:
        raise RequestRefused.about("landmarks", _("That is no list of landmarks."))
    said = read_agreement(request.body)
    ordering.agree(try_on, said.landmarks, is_front=said.is_front, shows_region=said.shows_region)
    return _answer(try_on, 202)


@shopper_view("GET", "HEAD", "PUT")
@_owned
def region(request: HttpRequest, try_on: TryOn) -> HttpResponseBase:
    """What would be repainted; or, with PUT, the same as the shopper painted it: the picture is
    made within that. 202.
    """
    if request.method == "PUT":
        painting.make(try_on, painted_in(request))
        return _answer(try_on, 202)
    return shown_region(try_on)


def painted_in(request: HttpRequest) -> bytes:
    """The mask of a request's body, which is not read where it is too large."""
    if request.content_type != "image/png":
        raise Problem(415, "not_png", _("Send the region as a PNG: image/png."))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_MASK_BYTES:
        raise RequestRefused.about("region", str(mask_too_heavy()))
    return bytes(request.body)


def shown_region(try_on: TryOn) -> HttpResponse:
    """A gray PNG: 255 would be repainted, 128 can't be put into it."""
    if not painting.is_there(try_on):
        raise Problem(404, "not_ready", _("The region is not found yet."))
    return unseen(HttpResponse(painting.stored(try_on), content_type="image/png"))


@shopper_view("GET", "HEAD")
@_owned
def image(request: HttpRequest, try_on: TryOn) -> HttpResponseBase:
    """The picture, once it is made."""
    if not try_on.file:
        raise Problem(404, "not_ready", _("The picture is not made yet."))
    return streamed(try_on.file, try_on.mime)


@shopper_view("GET", "HEAD")
@_owned
def photo(request: HttpRequest, try_on: TryOn) -> HttpResponseBase:
    """The shopper's own photo, as it is kept."""
    return streamed(try_on.photo.file, "image/jpeg")


def streamed(stored: FieldFile, mime: str) -> FileResponse:
    """A file of the shoppers' storage. Raises NotYours when it is gone."""
    try:
        file = shopper_storage().open(stored.name or "", "rb")
    except FileNotFoundError as error:
        raise owners.NotYours from error
    response = FileResponse(file, content_type=mime)
    response["Content-Disposition"] = 'inline; filename="try-on.jpg"'
    return unseen(response)
