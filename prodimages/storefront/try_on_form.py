"""What a shopper's form says, checked field by field before anything is kept."""

from __future__ import annotations

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
    if problems:
        raise RequestRefused(problems)
    assert found is not None
    return Wish(
        product=found,
        photo=None if upload is None else upload.read(),
        token=token or owners.new_token(),
        address=client_address(request),
        landmarks=landmarks,
        shop=shop,
    )


def read_landmarks(text: str | bytes) -> tuple[Pose | None, list[str]]:
    """From JSON; the pose, or what is wrong with it."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None, [_("Landmarks are JSON: an object of names and pairs of numbers.")]
    if isinstance(data, dict) and set(data) == {"landmarks"}:
        data = data["landmarks"]
    return Pose.parse(data)


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
