"""The operation's own question: a scope of the key, or a permission of the person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from prodimages.api.callers import Access, Caller


class HasAccess(BasePermission):
    """Asks ``view.access``, by method; a method without an entry is allowed to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.auth
        if not isinstance(caller, Caller):
            return False  # which DRF answers with 401, since there was nobody to ask
        if request.method == "OPTIONS" or request.method not in view.allowed_methods:
            return True
        access: Access = view.access["GET" if request.method == "HEAD" else request.method]
        if caller.may(access):
            return True
        if caller.key is not None:
            text = _("This API key lacks the scope “%(scope)s”.") % {"scope": access.scope.value}
            raise PermissionDenied(text)
        raise PermissionDenied(_("You lack the permission for this."))
