"""What a shopper's form says, checked field by field before anything is kept."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.imaging.pose import Pose
from prodimages.services.try_on import owners
from prodimages.services.try_on.ordering import Wish
from prodimages.shops.registry import shop_backend

_YES = frozenset({"1", "on", "true", "yes"})
_NO = frozenset({"0", "off", "false", "no"})
_ROOM = 64 * 1024
"""Bytes of a form beside its photo."""


@sensitive_variables()
def wish_from(
    request: HttpRequest, *, token: str = "", product: str | None = None, shop: str = "local"
) -> Wish:
    """The wish of a multipart form; ``token`` is the owner's, who has given a photo before, and
    ``product`` that of the page, where the form names none.

    Raises RequestRefused naming every field that can't be used, and NotYours for a token that we
    did not give, or whose time is over: nobody chooses one that others could guess.
    """
    refuse_huge(request)
    kept = owners.newest_photo(token) if token else None
    problems: dict[str, list[str]] = {}
    upload = request.FILES.get("photo")
    if upload is None and not token:
        problems["photo"] = [_("Choose a photo.")]
    elif upload is not None and (upload.size or 0) > settings.MAX_PHOTO_BYTES:
        problems["photo"] = [too_heavy()]
    if upload is not None:
        problems |= _consent_problems(request)
    elif kept is not None and not _is_current(kept.consent_version):
        problems["consent_version"] = [_changed()]
    named = request.POST.get("product", "") if product is None else product
    found = shop_backend(shop).find(str(named)[:200])
    if found is None:
        problems["product"] = [_("The shop has no such product.")]
    landmarks = None
    if given := request.POST.get("landmarks", ""):
        landmarks, wrong = read_landmarks(given)
        if wrong:
            problems["landmarks"] = wrong
    is_front, wrong = read_answer(request.POST.get("front_view", ""))
    if wrong:
        problems["front_view"] = wrong
    if problems:
        raise RequestRefused(problems)
    assert found is not None
    return Wish(
        product=found,
        photo=None if upload is None else upload.read(),
        token=token or owners.new_token(),
        address=client_address(request),
        landmarks=landmarks,
        is_front=is_front,
        shows_region=request.POST.get("show_region", "").lower() in _YES,
        shop=shop,
    )


@dataclasses.dataclass(frozen=True)
class Agreement:
    """What a shopper says when the landmarks are in place."""

    landmarks: Pose
    is_front: bool | None = None
    shows_region: bool = False


def read_agreement(text: bytes) -> Agreement:
    """From JSON: ``landmarks``, and ``front_view`` and ``show_region``, true or false, where they
    are said. Raises RequestRefused naming every field that can't be used.
    """
    problems: dict[str, list[str]] = {}
    data, wrong = _json(text)
    said: dict[str, bool | None] = dict.fromkeys(("front_view", "show_region"))
    if isinstance(data, dict) and "landmarks" in data:
        for name in said:
            value = data.get(name)
            if value is not None and not isinstance(value, bool):
                problems[name] = [_("Say true or false.")]
            said[name] = value
        if unknown := sorted(set(data) - {"landmarks", *said}):
            problems["__all__"] = [_("There is no field “%(name)s”.") % {"name": unknown[0][:40]}]
        data = data["landmarks"]
    pose, landmark_problems = (None, wrong) if wrong else Pose.parse(data)
    if landmark_problems:
        problems["landmarks"] = landmark_problems
    if problems:
        raise RequestRefused(problems)
    assert pose is not None
    return Agreement(pose, said["front_view"], bool(said["show_region"]))


def read_answer(text: str) -> tuple[bool | None, list[str]]:
    """Yes, no, or None for no answer; and what is wrong with anything else."""
    word = text.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES, []
    return None, [_("Say yes or no.")] if word else []


def read_landmarks(text: str | bytes) -> tuple[Pose | None, list[str]]:
    """From JSON; the pose, or what is wrong with it."""
    data, wrong = _json(text)
    if wrong:
        return None, wrong
    if isinstance(data, dict) and set(data) == {"landmarks"}:
        data = data["landmarks"]
    return Pose.parse(data)


def _json(text: str | bytes) -> tuple[Any, list[str]]:
    try:
        return json.loads(text), []
    except (ValueError, RecursionError):
        return None, [_("Landmarks are JSON: an object of names and pairs of numbers.")]


def _consent_problems(request: HttpRequest) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if request.POST.get("consent", "").lower() not in _YES:
        problems["consent"] = [_("Agree to the use of your photo, or keep it to yourself.")]
    if not _is_current(request.POST.get("consent_version", "")):
        problems["consent_version"] = [_changed()]
    if request.POST.get("of_age", "").lower() not in _YES:
        problems["of_age"] = [_("Say that you are of age, and that the photo shows you.")]
    return problems


def _is_current(version: str) -> bool:
    """Whether it is the text that is shown today: who agreed to another did not agree to this."""
    return version == str(settings.TRY_ON_CONSENT_VERSION)


def _changed() -> str:
    text: str = _("The text has changed. Read it again, please.")
    return text


def refuse_huge(request: HttpRequest) -> None:
    """By what the request says of itself, before its body is read. Raises RequestRefused."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > settings.MAX_PHOTO_BYTES + _ROOM:
        raise RequestRefused.about("photo", too_heavy())


def too_heavy() -> str:
    text: str = _("The photo's file is too large. At most %(most)d MB are taken.")
    return text % {"most": settings.MAX_PHOTO_BYTES // (1024 * 1024)}


def client_address(request: HttpRequest) -> str:
    """Of the shopper, as the outermost of the site's own proxies has seen it."""
    hops = int(settings.TRY_ON_PROXIES)
    if hops > 0:
        listed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        addresses: list[str] = [part.strip() for part in listed if part.strip()]
        if len(addresses) >= hops:
            return addresses[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))
