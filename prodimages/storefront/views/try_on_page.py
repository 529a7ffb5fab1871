"""The try-on as plain forms, for browsers without JavaScript.

A form sends no header of its own, so the owner token rides in a cookie here: HttpOnly, for these
pages alone, and only as long as the photo is kept.
"""

from __future__ import annotations

import dataclasses
import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.imaging.pose import NAMES, Pose
from prodimages.imaging.regions import MOST_MASK_BYTES, mask_too_heavy
from prodimages.models import TryOn
from prodimages.services.try_on import erasure, ordering, owners, painting
from prodimages.services.try_on.status import status_of
from prodimages.shops.registry import shop_backend
from prodimages.storefront.problems import Problem, View, shopper_view
from prodimages.storefront.try_on_form import read_answer, refuse_huge, wish_from
from prodimages.storefront.views.try_on import asks_side, explained, shown_region, streamed, unseen

COOKIE = "prodimages_try_on_token"
_TEMPLATE = "prodimages/storefront/try_on_page.html"


def consent_values() -> dict[str, Any]:
    """What the text of the consent says."""
    return {
        "hours": round(float(settings.TRY_ON_HOURS)),
        "consent_version": settings.TRY_ON_CONSENT_VERSION,
    }


def landmark_fields(landmarks: dict[str, Any]) -> list[dict[str, Any]]:
    """Number fields in percent, for a pose or for none."""
    fields = []
    for name, label in NAMES.items():
        x, y = landmarks.get(name, (0.5, 0.5))
        fields.append({"name": name, "label": label, "x": f"{x * 100:.1f}", "y": f"{y * 100:.1f}"})
    return fields


def pose_from(values: Any) -> Pose:
    """The pose of number fields. Raises RequestRefused in words."""
    points: dict[str, list[float]] = {}
    for name in NAMES:
        try:
            points[name] = [float(values.get(f"{name}-{axis}", "")) / 100 for axis in "xy"]
        except ValueError:
            continue
    pose, problems = Pose.parse(points)
    if pose is None:
        raise RequestRefused({"landmarks": problems})
    return pose


def _page(request: HttpRequest, code: int = 200, **values: Any) -> HttpResponse:
    context = {**consent_values(), "language": get_language() or "en", **values}
    return unseen(render(request, _TEMPLATE, context, status=code))


def _explained(
    request: HttpRequest, act: Callable[[], HttpResponse], **values: Any
) -> HttpResponse:
    """What ``act`` answers, or the page again with what is wrong in words."""
    try:
        with explained():
            return act()
    except RequestRefused as refused:
        errors = [text for texts in refused.problems.values() for text in texts]
        return _page(request, 400, errors=errors, **values)
    except Problem as problem:
        return _page(request, problem.status, errors=[problem.detail], **values)


def _bounded(view: View) -> View:
    """Refuses huge forms before anything reads them, which the check for forgeries is first to."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            refuse_huge(request)
        except RequestRefused as refused:
            return _page(request, 400, errors=refused.problems["photo"])
        return view(request, *args, **kwargs)

    return answer


@shopper_view("GET", "HEAD", "POST")
@_bounded
@csrf_protect
@sensitive_post_parameters()
@sensitive_variables()
def new(request: HttpRequest, product: str) -> HttpResponseBase:
    """The form for a photo."""
    found = shop_backend("local").find(product[:200])
    if found is None:
        raise Problem(404, "not_found", _("The shop has no such product."))
    name = shop_backend("local").describe(found).name
    if request.method != "POST":
        return _page(request, product_name=name)

    def act() -> HttpResponse:
        wish = wish_from(request, product=product)
        try_on = ordering.place(wish)
        here = reverse("prodimages_storefront:try-on-mine", kwargs={"ref": try_on.ref})
        answer = HttpResponseRedirect(here)
        answer.set_cookie(
            COOKIE,
            wish.token,
            max_age=int(float(settings.TRY_ON_HOURS) * 3600),
            path=reverse("prodimages_storefront:try-ons"),
            secure=request.is_secure(),
            httponly=True,
            samesite="Strict",
        )
        return unseen(answer)

    return _explained(request, act, product_name=name)


def _mine(request: HttpRequest, ref: uuid.UUID) -> TryOn:
    return owners.try_on_of(request.COOKIES.get(COOKIE, ""), ref)


@shopper_view("GET", "HEAD", "POST")
@_bounded
@csrf_protect
@sensitive_post_parameters()
@sensitive_variables()
def mine(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    """How far it is, the landmarks, the picture; and a button that erases all of it."""
    with explained():
        try_on = _mine(request, ref)
    if request.method == "POST":
        return _explained(request, lambda: _act(request, try_on), **_shown(request, try_on))
    return _page(request, **_shown(request, try_on))


def _act(request: HttpRequest, try_on: TryOn) -> HttpResponse:
    action = request.POST.get("action")
    if action == "erase":
        erasure.erase(try_on.photo)
        answer = _page(request, errors=[_("Your photo and the preview are erased.")], gone=True)
        answer.delete_cookie(COOKIE, path=reverse("prodimages_storefront:try-ons"))
        return answer
    if action == "paint":
        painting.make(try_on, _painted(request))
    else:
        is_front, wrong = read_answer(request.POST.get("front_view", ""))
        if wrong:
            raise RequestRefused({"front_view": wrong})
        pose = pose_from(request.POST)
        # A script sets it, since nobody paints without one.
        shows_region = request.POST.get("show_region") == "yes"
        ordering.agree(try_on, pose, is_front=is_front, shows_region=shows_region)
    return unseen(HttpResponseRedirect(request.path))


@sensitive_variables()
def _painted(request: HttpRequest) -> bytes | None:
    """The mask that a script put into the form; None where there is none."""
    mask = request.FILES.get("region")
    if mask is None:
        return None
    if (mask.size or 0) > MOST_MASK_BYTES:
        raise RequestRefused.about("region", str(mask_too_heavy()))
    return bytes(mask.read())


def _shown(request: HttpRequest, try_on: TryOn) -> dict[str, Any]:
    own = {"ref": try_on.ref}
    status = status_of(try_on)
    if (status.state == "painting" or status.may_place) and "points" in request.GET:
        status = dataclasses.replace(status, state="placing")
    return {
        "status": status,
        "points": landmark_fields(try_on.photo.landmarks),
        "asks_front_view": asks_side(try_on.photo),
        "page_url": reverse("prodimages_storefront:try-on-mine", kwargs=own),
        "region_url": reverse("prodimages_storefront:try-on-my-region", kwargs=own),
        "photo_url": reverse("prodimages_storefront:try-on-my-photo", kwargs=own),
        "image_url": reverse("prodimages_storefront:try-on-my-image", kwargs=own),
        "notices": try_on.notices,
    }


@shopper_view("GET", "HEAD")
def my_photo(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    with explained():
        return streamed(_mine(request, ref).photo.file, "image/jpeg")


@shopper_view("GET", "HEAD")
def my_region(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    with explained():
        return shown_region(_mine(request, ref))


@shopper_view("GET", "HEAD")
def my_image(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    with explained():
        try_on = _mine(request, ref)
        if not try_on.file:
            raise Problem(404, "not_ready", _("The picture is not made yet."))
        return streamed(try_on.file, try_on.mime)
