"""Finds the backend of a shop by its slug."""

from __future__ import annotations

from functools import cache

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.shops.base import ShopBackend
from prodimages.shops.platform import PlatformShop


@cache
def _load(shop: str) -> ShopBackend:
    declared = settings.SHOPS[shop]
    backend: type[ShopBackend] = import_string(declared["BACKEND"])
    return backend(shop, declared.get("OPTIONS", {}))


def shop_backend(shop: str) -> ShopBackend:
    """The backend of ``shop``. Raises RequestRefused when no such shop is declared."""
    if shop not in settings.SHOPS:
        known = ", ".join(sorted(settings.SHOPS)) or "none"
        raise RequestRefused.about("shop", f"There is no shop “{shop}”. Declared shops: {known}.")
    return _load(shop)


def platform_shop(shop: str) -> PlatformShop:
    """The same of a shop that lives elsewhere. Raises RequestRefused for one that does not."""
    backend = shop_backend(shop)
    if not isinstance(backend, PlatformShop):
        raise RequestRefused.about("shop", f"The shop “{shop}” is not one of an outside platform.")
    return backend


def _reset(*, setting: str, **kwargs: object) -> None:
    if setting == "PRODIMAGES":
        _load.cache_clear()


setting_changed.connect(_reset, dispatch_uid="prodimages.shops.registry")
