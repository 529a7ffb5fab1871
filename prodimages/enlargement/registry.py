"""Finds the instance of the enlarger that the settings declare."""

from __future__ import annotations

from functools import cache

from django.core.signals import setting_changed
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.conf import settings
from prodimages.enlargement.base import Enlarger
from prodimages.exceptions import JobFailure


@cache
def enlarger() -> Enlarger | None:
    """One instance a process; None where ``ENLARGER`` is switched off.

    Raises ImportError when the settings name no such class.
    """
    declared = settings.ENLARGER
    if not declared:
        return None
    backend: Enlarger = import_string(declared["BACKEND"])(declared.get("OPTIONS", {}))
    return backend


def require_enlarger() -> Enlarger:
    """The instance. Raises JobFailure(UNAVAILABLE) where there is none."""
    found = enlarger()
    if found is None:
        raise JobFailure(FailureKind.UNAVAILABLE, switched_off())
    return found


def why_not() -> str:
    """Why learned enlargement can't be had here, in words; "" when it can. Cheap."""
    found = enlarger()
    return switched_off() if found is None else found.missing()


def switched_off() -> str:
    return _("Learned enlargement is switched off in this shop.")


def _reset(*, setting: str, **kwargs: object) -> None:
    if setting == "PRODIMAGES":
        enlarger.cache_clear()


setting_changed.connect(_reset, dispatch_uid="prodimages.enlargement.registry")
