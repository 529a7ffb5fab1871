"""System checks of what shoppers reach: pictures, the beacon, try-ons, storage of photos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.files.storage import InvalidStorageError, storages

from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.services.rates import parse_rate

LONGEST_VERSION = 40
"""As long as ``ShopperPhoto.consent_version``."""
_FORMATS = ("avif", "webp", "jpeg")


@register("prodimages")
def check_storefront(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f'PRODIMAGES["STOREFRONT_{name}"] is {value!r}.',
            hint=f"It must be {words}.",
            id="prodimages.E074",
        )
        for name, (is_good, words) in _SHAPES.items()
        if not is_good(value := getattr(settings, f"STOREFRONT_{name}"))
    ]


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_list_of(is_good: Callable[[Any], bool], *, least: int = 1) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        listed = isinstance(value, list | tuple) and len(value) >= least
        return listed and all(map(is_good, value)) and len(set(value)) == len(value)

    return check


def _is_rate(value: Any) -> bool:
    try:
        parse_rate(value)
    except (TypeError, ValueError):
        return False
    return True


_SHAPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "WIDTHS": (
        _is_list_of(lambda width: type(width) is int and 16 <= width <= 8192),
        "a list of widths in pixels, 16 to 8192, each once, such as [320, 640, 960, 1280]",
    ),
    "FORMATS": (
        _is_list_of(lambda name: name in _FORMATS, least=0),
        f"a list of some of {', '.join(_FORMATS)}, each once",
    ),
    "BEACON_RATE": (_is_rate, 'a rate such as "60/minute"'),
    "MAX_AGE": (_is_count, "a whole number of seconds, 0 or more"),
    "PRODUCT_PICTURES": (_is_count, "a whole number, 0 or more"),
    "SHOP_PICTURES": (_is_count, "a whole number, 0 or more"),
    "ACCEL": (
        lambda value: value == "" or (isinstance(value, str) and value[:1] == value[-1:] == "/"),
        'empty, or the prefix of an internal location, such as "/prodimages-private/"',
    ),
    "KEYS": (
        _is_list_of(lambda key: isinstance(key, str | bytes) and len(key) >= 16, least=0),
        "a list of secrets of 16 characters or more, the one that signs first",
    ),
}


@register("prodimages")
def check_try_on(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        *_shopper_storage_problems(),
        *_text_problems(),
        *_size_problems(),
        *_quota_problems(),
        *_proxy_problems(),
        *_far_engine(),
    ]


def _shopper_storage_problems() -> list[CheckMessage]:
    alias = settings.SHOPPER_STORAGE
    if not alias:
        return []
    try:
        storage = storages[alias]
    except InvalidStorageError:
        return [
            Error(
                f'STORAGES declares no "{alias}", which is to hold shoppers\' photos.',
                hint="Declare it, or leave SHOPPER_STORAGE empty.",
                id="prodimages.E070",
            )
        ]
    if getattr(storage, "base_url", None) or getattr(storage, "querystring_auth", True) is False:
        return [
            Error(
                f'STORAGES["{alias}"] gives its files public URLs, but it holds shoppers\' photos.',
                hint="Use prodimages.storage.PrivateFileSystemStorage, or a private bucket.",
                id="prodimages.E071",
            )
        ]
    return []


def _text_problems() -> list[CheckMessage]:
    version = settings.TRY_ON_CONSENT_VERSION
    if isinstance(version, str) and 0 < len(version) <= LONGEST_VERSION:
        return []
    return [
        Error(
            f'PRODIMAGES["TRY_ON_CONSENT_VERSION"] is {version!r}.',
            hint=f'Write a text of 1 to {LONGEST_VERSION} characters, such as "2026-11".',
            id="prodimages.E075",
        )
    ]


def _size_problems() -> list[CheckMessage]:
    side, least, most = settings.TRY_ON_SIZE, settings.MIN_SIZE, settings.MAX_SIZE
    numbers = all(type(value) is int for value in (side, least, most))
    if not numbers or least <= side <= most:  # what is no number has an error of its own
        return []
    return [
        Error(
            f'PRODIMAGES["TRY_ON_SIZE"] is {side!r}, and pictures are {least} to {most} pixels.',
            hint="Choose one of them, such as 1024.",
            id="prodimages.E076",
        )
    ]


def _quota_problems() -> list[CheckMessage]:
    quotas = settings.TRY_ON_QUOTAS
    known = {"token", "address", "product"}
    good = isinstance(quotas, dict) and all(
        name in known and (cap is None or (type(cap) is int and cap >= 0))
        for name, cap in quotas.items()
    )
    if good:
        return []
    return [
        Error(
            f'PRODIMAGES["TRY_ON_QUOTAS"] is {quotas!r}.',
            hint='Write {"token": 20, "address": 40, "product": 1000}; None for no limit.',
            id="prodimages.E072",
        )
    ]


def _proxy_problems() -> list[CheckMessage]:
    hops = settings.TRY_ON_PROXIES
    if type(hops) is int and hops >= 0:
        return []
    return [
        Error(
            f'PRODIMAGES["TRY_ON_PROXIES"] is {hops!r}; it must be a whole number, 0 or more.',
            id="prodimages.E073",
        )
    ]


def _far_engine() -> list[CheckMessage]:
    """Shoppers are to be told when their photos leave the machine."""
    alias = settings.TRY_ON_ENGINE
    try:
        is_far = alias in settings.ENGINES and get_engine(alias).sends_pictures
    except Exception:  # an engine that can't be made has an error of its own
        return []
    if not is_far:
        return []
    return [
        Warning(
            f'PRODIMAGES["TRY_ON_ENGINE"] is "{alias}", which sends shoppers\' photos to another '
            "server.",
            hint="Say so in prodimages/storefront/try_on_consent.html, give that text a new "
            "TRY_ON_CONSENT_VERSION, and silence this check.",
            id="prodimages.W013",
        )
    ]
