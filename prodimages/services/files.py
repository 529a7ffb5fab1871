"""Writing to the private storage so that a name never holds half a file."""

from __future__ import annotations

import contextlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure

logger = logging.getLogger(__name__)


def write_verified(storage: Storage, name: str, content: bytes) -> str:
    """Write ``content`` under ``name`` and check that all of it arrived.

    Returns the name under which it lies, which a storage may have changed. Raises
    JobFailure (storage, retryable), after removing what was written, when it did not.
    """
    written = ""
    try:
        written = storage.save(name, ContentFile(content))
        size = storage.size(written)
        if size != len(content):
            raise OSError(f"{size} of {len(content)} bytes arrived")
    except Exception as error:  # each storage library raises errors of its own
        logger.warning("Could not store %s: %s", name, error)
        for leftover in {name, written} - {""}:
            with contextlib.suppress(Exception):
                storage.delete(leftover)
        raise JobFailure(
            FailureKind.STORAGE,
            _("The picture storage did not take the file: %(why)s") % {"why": reason(error)},
            retryable=True,
        ) from error
    return written


def read(storage: Storage, name: str | None) -> bytes:
    """Raises OSError, FileNotFoundError among them, or the storage library's own error."""
    if not name:
        raise FileNotFoundError("the row names no file")
    with storage.open(name, "rb") as file:
        content: bytes = file.read()
    return content


def reason(error: Exception) -> str:
    """The system's words for an error, without the path that it names."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
