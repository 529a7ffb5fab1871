"""The hub's cache on this machine: fetch a pinned revision, verify it, delete it. Free of torch."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from huggingface_hub import scan_cache_dir
from huggingface_hub.errors import (
    CacheNotFound,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from tqdm.asyncio import tqdm_asyncio

from prodimages.diffusion.weights import fetched, sha256_of, unavailable
from prodimages.exceptions import JobFailure


@dataclasses.dataclass(frozen=True)
class Pin:
    """A repository at one commit."""

    repository: str
    revision: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.revision[:12]}"


def fetch(pin: Pin, bar: type[tqdm_asyncio[Any]]) -> Path:
    """Bring what is missing of ``pin`` to this machine and verify all of it.

    Raises JobFailure (unavailable) in words; what was fetched by then is kept for the next try.
    """
    try:
        folder = fetched(pin.repository, pin.revision, local=False, bar=bar)
    except JobFailure:
        raise
    except Exception as error:
        raise unavailable(_why_not(error, pin)) from error
    if altered := list(altered_files(folder)):
        message = _(
            "“%(name)s” is not what the hub says it is; delete the model and fetch it again."
        )
        raise unavailable(message % {"name": altered[0]})
    return folder


def _why_not(error: Exception, pin: Pin) -> str:
    words = {"pin": str(pin), "repository": pin.repository}
    # Where nothing is cached, huggingface_hub tells that, and has the hub's answer as its cause.
    cause = error.__cause__ if isinstance(error, LocalEntryNotFoundError) else None
    match cause or error:
        case GatedRepoError():
            text = _(
                "%(repository)s asks you to accept its terms: do so on its page of the hub, then "
                "log in with “hf auth login”."
            )
        case RevisionNotFoundError():
            text = _("%(repository)s has no such revision: %(pin)s. Look at its commits.")
        case RepositoryNotFoundError():
            text = _("The hub has no repository %(repository)s, or hides it from you.")
        case OfflineModeIsEnabled() | LocalEntryNotFoundError():
            text = _(
                "%(pin)s is not on this machine, and the hub can't be reached. Is HF_HUB_OFFLINE "
                "set? You may also copy the hub's cache from a machine that has it."
            )
        case HfHubHTTPError():
            text = _("The hub refused %(pin)s; try again later.")
        case _:
            words["reason"] = str(error)[:200] or type(error).__name__
            text = _("%(pin)s could not be fetched: %(reason)s")
    return text % words


def cached(pin: Pin) -> Path | None:
    """The folder of ``pin``, where all of it is on this machine."""
    try:
        return fetched(pin.repository, pin.revision, local=True)
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
        return None


def size_of(folder: Path) -> int:
    """Bytes on the disk."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def altered_files(folder: Path) -> Iterator[str]:
    """Files of a snapshot whose content is not what the hub named it by.

    The cache names each content by its SHA-256, or by git's SHA-1 of a blob where the file is
    kept in git itself.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not _is_named_by_its_content(file.resolve()):
            yield str(file.relative_to(folder))


def _is_named_by_its_content(blob: Path) -> bool:
    if len(blob.name) == 64:
        return sha256_of(blob) == blob.name
    content = blob.read_bytes()
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest() == blob.name


def delete(pin: Pin) -> int:
    """Remove ``pin`` from this machine. Returns the bytes that are free now."""
    try:
        plan = scan_cache_dir().delete_revisions(pin.revision)
    except CacheNotFound:
        return 0
    plan.execute()
    return plan.expected_freed_size
