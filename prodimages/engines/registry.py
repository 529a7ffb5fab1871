"""Finds the instance of an engine by its alias."""

from __future__ import annotations

from functools import cache

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from prodimages.conf import settings
from prodimages.engines.base import Engine
from prodimages.exceptions import RequestRefused


@cache
def _load(alias: str) -> Engine:
    declared = settings.ENGINES[alias]
    backend: type[Engine] = import_string(declared["BACKEND"])
    return backend(alias, declared.get("OPTIONS", {}))


def get_engine(alias: str) -> Engine:
    """The process's instance of engine ``alias``. Raises RequestRefused when there is none."""
    if alias not in settings.ENGINES:
        known = ", ".join(sorted(settings.ENGINES)) or "none"
        raise RequestRefused.about("engine", f"There is no engine “{alias}”. Declared: {known}.")
    return _load(alias)


def _reset(*, setting: str, **kwargs: object) -> None:
    if setting == "PRODIMAGES":
        _load.cache_clear()


setting_changed.connect(_reset, dispatch_uid="prodimages.engines.registry")
