"""The one place where prodimages reads Django's settings.

``PRODIMAGES`` is a dictionary; what it leaves out comes from DEFAULTS, and what is a
dictionary by name (ENGINES, SHOPS) replaces the default as a whole, like STORAGES.
``PRODIMAGES_PRODUCT_MODEL`` and ``PRODIMAGES_PRODUCT_MIGRATION`` stand beside it,
because migrations need them at import time.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed

DEFAULTS: dict[str, Any] = {
    # alias -> {"BACKEND": dotted path, "QUEUE": Celery queue, "OPTIONS": {...}}
    "ENGINES": {
        "studio": {"BACKEND": "prodimages.engines.studio.StudioEngine"},
        "fitting": {"BACKEND": "prodimages.engines.fitting.FittingEngine"},
    },
    # The backend that finds the product in a photo.
    "CUTOUT": {"BACKEND": "prodimages.cutouts.u2netp.U2NetpCutout", "OPTIONS": {}},
    # The backend of learned enlargement; None switches it off.
    "ENLARGER": {"BACKEND": "prodimages.enlargement.compact.CompactEnlarger", "OPTIONS": {}},
    # A backend's cut-out with a confidence (0..1) under this waits for staff to look at it.
    "CUTOUT_MIN_CONFIDENCE": 0.5,
    # Whether pictures are used commercially: weights whose license forbids that are refused.
    "COMMERCIAL": True,
    # slug -> {"BACKEND": dotted path, "OPTIONS": {...}}
    "SHOPS": {},
    # Alias in STORAGES that holds sources, cut-outs and pictures; private.
    "STORAGE": "prodimages",
    # Alias in STORAGES of shoppers' photos and their pictures; empty: that of STORAGE.
    "SHOPPER_STORAGE": "",
    # Folder of what workers derive from weights, such as converted models; empty: prodimages
    # below the cache of the user who runs the worker.
    "MODEL_CACHE": "",
    # Celery queue of engines that name none.
    "QUEUE": "prodimages",
    # A running job whose lease is older than this may be claimed by another worker.
    "LEASE_SECONDS": 60,
    # How often a worker looks for jobs without being woken.
    "POLL_SECONDS": 15,
    # How long a process goes on with the models that it has loaded, past older jobs that need
    # another one.
    "AFFINITY_SECONDS": 60,
    # A step that takes longer is ended together with its process.
    "STEP_DEADLINE_SCALE": 1.0,
    "MAX_ATTEMPTS": 3,
    # Delay before attempt n + 1: RETRY_SECONDS * 2 ** (n - 1).
    "RETRY_SECONDS": 10,
    # How often a shop is asked to take a picture, and the delay before attempt n + 1, as above.
    "PUBLISH_ATTEMPTS": 8,
    "PUBLISH_RETRY_SECONDS": 30,
    # Celery queue of publishing; empty: that of the job which made the picture.
    "PUBLISH_QUEUE": "",
    # An order over more products than this is proofed first; 0 never.
    "PROOF_OVER": 10,
    # What a picture is expected to take, where a budget limits the compute time and no job
    # of its style has ended yet.
    "BUDGET_PICTURE_SECONDS": 10.0,
    # Requests that a client of the API may make: "number/second", minute, hour or day.
    "API_RATES": {"read": "600/minute", "write": "120/minute"},
    # Alias in CACHES of their counters; exact where all processes share a Redis or Memcached.
    "API_CACHE": "default",
    # Most pictures that one job may be asked for.
    "MAX_COUNT": 8,
    # Longest and shortest side of a picture in pixels.
    "MIN_SIZE": 256,
    "MAX_SIZE": 4096,
    # Photos over these are refused before they are decoded.
    "MAX_PHOTO_BYTES": 40 * 1024 * 1024,
    "MAX_PHOTO_PIXELS": 64_000_000,
    # Whether web processes may make previews; they load numpy then.
    "PREVIEWS": True,
    # What an attempt left behind is removed once it is older than this (two leases at least).
    "ORPHAN_SECONDS": 3600,
    # Larger deliveries of a shop's webhook are refused before they are read.
    "MAX_EVENT_BYTES": 4 * 1024 * 1024,
    # Keys that sign the addresses of shoppers' pictures; the first signs, all are believed. Empty:
    # SECRET_KEY and its fallbacks.
    "STOREFRONT_KEYS": [],
    # How long such an address may order a picture that is missing.
    "STOREFRONT_EPOCH_SECONDS": 86400,
    # How long browsers and CDNs keep a shopper's picture.
    "STOREFRONT_MAX_AGE": 3600,
    # Widths in pixels and formats in which shoppers' pictures are kept; jpeg is always among them.
    "STOREFRONT_WIDTHS": [320, 640, 960, 1280],
    "STOREFRONT_FORMATS": ["avif", "webp", "jpeg"],
    # Prefix of an nginx location that is internal and serves the private files; empty: Django does.
    "STOREFRONT_ACCEL": "",
    # Most pictures a day that shoppers may have made of one product, and for a whole shop.
    "STOREFRONT_PRODUCT_PICTURES": 12,
    "STOREFRONT_SHOP_PICTURES": 500,
    # Celery queue of their renditions; empty: that of the job which made the picture.
    "STOREFRONT_QUEUE": "",
    # What one address may report of pictures that were seen or chosen.
    "STOREFRONT_BEACON_RATE": "60/minute",
    # A shopper's picture that nobody asked for in so many days is forgotten.
    "STOREFRONT_DAYS": 90,
    # Payloads of shops' events are erased after so many days, the rows after ten times as many.
    "EVENT_DAYS": 30,
    # The engine of shoppers' try-ons; empty switches them off.
    "TRY_ON_ENGINE": "fitting",
    # Longest side in pixels of a shopper's photo and of the picture made of it.
    "TRY_ON_SIZE": 1024,
    # After so many hours a shopper's photo and its pictures are erased.
    "TRY_ON_HOURS": 24,
    # Try-ons a day: by owner token, by client address, and by product.
    "TRY_ON_QUOTAS": {"token": 20, "address": 40, "product": 1000},
    # Which text shoppers agree to; recorded with their consent.
    "TRY_ON_CONSENT_VERSION": "1",
    # How many proxies of yours stand before the site and append to X-Forwarded-For.
    "TRY_ON_PROXIES": 0,
}


class ProdimagesSettings:
    """``settings.NAME``: the host's value, or the default. Forgotten on setting_changed."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in DEFAULTS:
            raise AttributeError(f"prodimages has no setting {name!r}")
        if not self._values:
            self._values.update(DEFAULTS | getattr(django_settings, "PRODIMAGES", {}))
        return self._values[name]

    @property
    def product_model(self) -> str:
        """``app_label.ModelName`` of the shop's product."""
        return getattr(django_settings, "PRODIMAGES_PRODUCT_MODEL", "")

    def unknown_names(self) -> list[str]:
        """Keys of ``PRODIMAGES`` that mean nothing, most often misspelled."""
        return sorted(set(getattr(django_settings, "PRODIMAGES", {})) - set(DEFAULTS))

    def forget(self) -> None:
        self._values.clear()


settings = ProdimagesSettings()


def _on_setting_changed(*, setting: str, **kwargs: object) -> None:
    if setting == "PRODIMAGES":
        settings.forget()


setting_changed.connect(_on_setting_changed, dispatch_uid="prodimages.conf")
