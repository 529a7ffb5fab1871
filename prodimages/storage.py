"""The private storage: sources, cut-outs, and pictures before they are published."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from glob import escape
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages
from django.core.signals import setting_changed

from prodimages.conf import settings


class PrivateFileSystemStorage(FileSystemStorage):
    """Files without a URL, for owner and group, and never half-written under their final name.

    Django's own class writes straight to the final name, so that a full disk leaves a
    truncated file there; this one writes beside it and renames.
    """

    def __init__(self, location: str | os.PathLike[str] | None = None, **kwargs: Any):
        # FILE_UPLOAD_PERMISSIONS lets everybody read, since a web server serves uploads.
        own = {"file_permissions_mode": 0o640, **kwargs, "allow_overwrite": True}
        super().__init__(location, **own)

    @property
    def base_url(self) -> None:  # type: ignore[override]
        """None: Django would fall back to MEDIA_URL."""

    def _save(self, name: str, content: File[Any]) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            prefix=f".{final.name}.", suffix=".part", dir=final.parent
        )
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, self.file_permissions_mode or 0o600)
            os.replace(temporary, final)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name.replace("\\", "/")

    def discard_partial(self, name: str) -> None:
        """Remove what a process that was killed while it wrote ``name`` left beside it."""
        final = Path(self.path(name))
        for partial in final.parent.glob(f".{escape(final.name)}.*.part"):
            partial.unlink(missing_ok=True)

    def url(self, name: str | None) -> str:
        raise ValueError("Private files are read through permission-checked views, not by URL.")


@cache
def _fallback() -> Storage:
    if not django_settings.MEDIA_ROOT:
        raise ImproperlyConfigured(
            f'Declare the private storage of prodimages as STORAGES["{settings.STORAGE}"], '
            "or set MEDIA_ROOT so that a folder beside it can be used."
        )
    media = Path(django_settings.MEDIA_ROOT)
    return PrivateFileSystemStorage(media.parent / f"{media.name}-prodimages-private")


def private_storage() -> Storage:
    """``STORAGES[PRODIMAGES["STORAGE"]]``, or a folder beside MEDIA_ROOT when undeclared.

    Raises ImproperlyConfigured when there is neither.
    """
    try:
        return storages[settings.STORAGE]
    except InvalidStorageError:
        return _fallback()


def shopper_storage() -> Storage:
    """Where shoppers' photos and pictures lie; a place of their own where one is declared."""
    return storages[settings.SHOPPER_STORAGE] if settings.SHOPPER_STORAGE else private_storage()


def _reset(*, setting: str, **kwargs: object) -> None:
    if setting in {"MEDIA_ROOT", "PRODIMAGES"}:
        _fallback.cache_clear()


setting_changed.connect(_reset, dispatch_uid="prodimages.storage")
