"""Finds the instance of the cut-out backend that the settings declare."""

from __future__ import annotations

from functools import cache

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from prodimages.conf import settings
from prodimages.cutouts.base import CutoutBackend


@cache
def cutout_backend() -> CutoutBackend:
    """One instance a process. Raises ImportError when the settings name no such class."""
    declared = settings.CUTOUT
    backend: CutoutBackend = import_string(declared["BACKEND"])(declared.get("OPTIONS", {}))
    return backend


def _reset(*, setting: str, **kwargs: object) -> None:
    if setting == "PRODIMAGES":
        cutout_backend.cache_clear()


setting_changed.connect(_reset, dispatch_uid="prodimages.cutouts.registry")
