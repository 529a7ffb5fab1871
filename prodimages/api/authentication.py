"""``Authorization: Bearer`` with an API key, or the session of somebody of the staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, ValidationError
from rest_framework.request import Request

from prodimages.api.callers import Caller
from prodimages.conf import settings
from prodimages.services import api_keys


class BearerAuthentication(BaseAuthentication):
    """An API key's secret. It acts in its shop alone, within its scopes."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        row = api_keys.find(secret.strip())
        if row is None:
            # One answer for an unknown, an expired and a revoked key: it tells nothing.
            raise AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        api_keys.note_use(row)
        return AnonymousUser(), Caller(shop=row.key.shop, client=row.key.client, key=row.key)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="prodimages"'


class StaffSessionAuthentication(SessionAuthentication):
    """The session of somebody of the staff, with the CSRF token for what changes something."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        if not user.is_staff:
            raise PermissionDenied(_("Only staff may use the API with their session."))
        return user, Caller(shop=_shop_of(request), client=f"user:{user.pk}", user=user)


def _shop_of(request: Request) -> str:
    """``?shop=``, or the one there is, or ``local``; a person isn't bound to a shop."""
    known = sorted(settings.SHOPS)
    shop = request.query_params.get("shop") or (known[0] if len(known) == 1 else "local")
    if shop not in settings.SHOPS:
        text = _("There is no such shop. Declared: %(known)s.")
        raise ValidationError({"shop": [text % {"known": ", ".join(known)}]})
    return str(shop)
