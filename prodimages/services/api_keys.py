"""API keys: made and shown once, found again by their digest, rotated without a gap, revoked."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from prodimages.choices import Scope
from prodimages.exceptions import TransitionRefused
from prodimages.models import ApiKey, ApiSecret

OVERLAP = timedelta(days=7)
"""How long the older secrets stay valid after a rotation, unless told otherwise."""
_FORM = re.compile(r"(pik_[0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
_MINUTE = timedelta(minutes=1)


def issue(
    *,
    shop: str,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
    user: Any = None,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is nowhere to be had again."""
    with transaction.atomic():
        key = ApiKey.objects.create(
            shop=shop,
            name=name,
            scopes=[Scope(scope).value for scope in scopes],
            expires_at=expires_at,
            created_by=user,
        )
        return key, add_secret(key)


def add_secret(key: ApiKey) -> str:
    """Another secret for ``key``, beside those that it has."""
    prefix = f"pik_{secrets.token_hex(6)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    ApiSecret.objects.create(key=key, prefix=prefix, digest=_digest(secret))
    return secret


def rotate(key: ApiKey, *, overlap: timedelta = OVERLAP) -> str:
    """A new secret; the older ones are valid for ``overlap`` yet, or less where less was set.

    Raises TransitionRefused for a key that is revoked.
    """
    with transaction.atomic():
        locked = ApiKey.objects.select_for_update().get(pk=key.pk)
        if locked.revoked_at is not None:
            raise TransitionRefused(_("The key is revoked; make a new one."))
        until = timezone.now() + overlap
        outlasting = Q(expires_at=None) | Q(expires_at__gt=until)
        key.secrets.filter(outlasting).update(expires_at=until)
        return add_secret(key)


def revoke(key: ApiKey) -> None:
    """End a key with all its secrets, for good. Raises TransitionRefused the second time."""
    now = timezone.now()
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        raise TransitionRefused(_("The key is revoked already."))
    key.revoked_at = now


def find(secret: str) -> ApiSecret | None:
    """The row of a valid secret, with its key; None for anything else.

    The row is found by the part that is no secret, and the rest compared in constant time.
    """
    form = _FORM.fullmatch(secret)
    if form is None:
        return None
    row = ApiSecret.objects.live().select_related("key").filter(prefix=form[1]).first()
    if row is None or not constant_time_compare(row.digest, _digest(secret)):
        return None
    return row if row.key.is_live else None


def note_use(secret: ApiSecret) -> None:
    """Write down that the secret was used; at most once in a minute."""
    now = timezone.now()
    due = now - _MINUTE
    if secret.last_used_at is not None and secret.last_used_at > due:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=due)
    ApiSecret.objects.filter(stale, pk=secret.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
