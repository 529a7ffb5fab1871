"""The public keys of shops that sign by a key pair: fetched by workers, read by requests."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from prodimages.conf import settings
from prodimages.models import SigningKeys
from prodimages.shops.platform import PlatformShop
from prodimages.shops.registry import platform_shop

logger = logging.getLogger(__name__)

FRESH = timedelta(hours=6)
"""How long keys are taken for current while nobody asks for others."""
SPARED = timedelta(minutes=1)
"""A shop is not asked more often, whatever its deliveries claim."""


def known(shop: str) -> Sequence[Mapping[str, Any]]:
    """The JWKs by which ``shop`` signs, as last fetched; empty before the first time."""
    row = _rows(shop).first()
    keys = row.document.get("keys") if row is not None else None
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def want(shop: str) -> None:
    """A delivery named a key that is not known; a worker is to look for it."""
    now = timezone.now()
    rows = _rows(shop)
    # One write a minute at most: anybody can name a key.
    rows.filter(Q(wanted_at=None) | Q(wanted_at__lt=now - SPARED)).update(wanted_at=now)


def refresh(backend: PlatformShop) -> bool:
    """Ask the shop for its keys. False where it signs by a secret. Raises PlatformUnavailable."""
    document = backend.fetch_signing_keys()
    if document is None:
        return False
    SigningKeys.objects.update_or_create(
        shop=backend.shop,
        defaults={"document": dict(document), "fetched_at": timezone.now(), "wanted_at": None},
    )
    return True


def any_due() -> bool:
    """Whether a shop's keys are to be fetched now."""
    return any(_due(shop).exists() or not _rows(shop).exists() for shop in _shops())


def refresh_due() -> int:
    """Refresh what is old or wanted; for workers. Returns how many shops were asked."""
    count = 0
    for shop in _shops():
        if not _claim(shop):
            continue
        count += 1
        try:
            refresh(platform_shop(shop))
        except Exception as error:  # whatever a shop's own code raises
            logger.warning("The signing keys of %s could not be fetched: %s", shop, error)
            _rows(shop).update(fetched_at=timezone.now() - FRESH + SPARED)
    return count


def _shops() -> list[str]:
    return [shop for shop in settings.SHOPS if _signs_by_keys(shop)]


def _signs_by_keys(shop: str) -> bool:
    try:
        backend = platform_shop(shop)
    except Exception:  # not an outside shop, or one that can't be made: a check says so
        return False
    return type(backend).fetch_signing_keys is not PlatformShop.fetch_signing_keys


def _rows(shop: str) -> QuerySet[SigningKeys]:
    return SigningKeys.objects.filter(shop=shop)


def _due(shop: str) -> QuerySet[SigningKeys]:
    now = timezone.now()
    old = Q(fetched_at=None) | Q(fetched_at__lt=now - FRESH)
    wanted = Q(wanted_at__gt=F("fetched_at")) & Q(fetched_at__lt=now - SPARED)
    return _rows(shop).filter(old | wanted)


def _claim(shop: str) -> bool:
    """Whether it is time, and this worker is the first to see it."""
    SigningKeys.objects.get_or_create(shop=shop)
    return bool(_due(shop).update(fetched_at=timezone.now()))
