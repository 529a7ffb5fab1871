"""How many try-ons a token, an address and a product may have a day: exact, by the database."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from prodimages.conf import settings
from prodimages.models import TryOnQuota, TryOnSalt


class QuotaSpent(Exception):
    """The day's try-ons of one scope are used up; ``seconds`` until the next day."""

    def __init__(self, scope: str, seconds: int):
        self.scope, self.seconds = scope, seconds
        super().__init__(scope)


def today() -> date:
    """Days begin at midnight UTC, the same for all."""
    return timezone.now().astimezone(UTC).date()


def keys_for(*, owner: str, address: str, product: str) -> dict[str, str]:
    """The key of each scope. An address is hashed with the day's salt."""
    return {
        TryOnQuota.Scope.ADDRESS: _hashed(address),
        TryOnQuota.Scope.PRODUCT: hashlib.sha256(product.encode()).hexdigest(),
        TryOnQuota.Scope.TOKEN: owner,
    }


def take(keys: Mapping[str, str]) -> None:
    """Count one try-on in every scope, or in none. Raises QuotaSpent.

    One conditional UPDATE a row, rows in one order everywhere, all in one transaction.
    """
    day = today()
    with transaction.atomic():
        for scope in sorted(keys):
            cap = settings.TRY_ON_QUOTAS.get(scope)
            if cap is None:
                continue
            row, _created = TryOnQuota.objects.get_or_create(day=day, scope=scope, key=keys[scope])
            room = TryOnQuota.objects.filter(pk=row.pk, used__lt=cap)
            if not room.update(used=F("used") + 1):
                raise QuotaSpent(scope, _seconds_left())


def forget_old(*, limit: int = 1000) -> None:
    """Remove the counts and salts of past days."""
    old = list(TryOnQuota.objects.filter(day__lt=today()).values_list("pk", flat=True)[:limit])
    TryOnQuota.objects.filter(pk__in=old).delete()
    TryOnSalt.objects.filter(day__lt=today()).delete()


def _hashed(address: str) -> str:
    row, _created = TryOnSalt.objects.get_or_create(
        day=today(), defaults={"salt": secrets.token_hex(32)}
    )
    return hmac.new(row.salt.encode(), address.encode(), hashlib.sha256).hexdigest()


def _seconds_left() -> int:
    now = timezone.now().astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return max(1, int((midnight - now).total_seconds()))
