"""Finds weights on this machine, at their pinned revision, and refuses those that may run code."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from tqdm.asyncio import tqdm_asyncio

from prodimages.choices import FailureKind
from prodimages.engines.option_values import COMMIT
from prodimages.exceptions import JobFailure

_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
_LIBRARIES = frozenset({"diffusers", "transformers"})
_FETCHED = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]
DIGESTS = "digests.json"
"""Of weights that ship with the package: SHA-256 of each file by its name."""
_BLOCK = 1024 * 1024
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def folder_of(repository: str, revision: str, *, download: bool) -> Path:
    """The snapshot of ``repository`` in the hub's cache. Raises JobFailure (unavailable)."""
    if not COMMIT.fullmatch(revision):
        message = _("No revision of “%(repository)s” is pinned in the settings.")
        raise unavailable(message % {"repository": repository})
    try:
        return fetched(repository, revision, local=not download)
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        message = _(
            "The weights of “%(repository)s” are not on this machine. Fetch them with: "
            "python manage.py prodimages_models fetch, or: "
            "hf download %(repository)s --revision %(revision)s"
        )
        raise unavailable(message % {"repository": repository, "revision": revision}) from error


def fetched(
    repository: str, revision: str, *, local: bool, bar: type[tqdm_asyncio[Any]] | None = None
) -> Path:
    """The folder of what a model needs of ``repository``; ``local`` looks on this machine only.

    Raises what huggingface_hub raises.
    """
    return Path(
        snapshot_download(
            repository,
            revision=revision,
            local_files_only=local,
            allow_patterns=_FETCHED,
            tqdm_class=bar,
        )
    )


def local_folder(path: str) -> Path:
    """``path``, where it is a model's. Raises JobFailure (unavailable)."""
    folder = Path(path)
    if not (folder / "model_index.json").is_file():
        raise unavailable(_("The folder of the model's weights has no model_index.json."))
    return folder


def assert_digests(folder: Path, digests: Mapping[str, str]) -> None:
    """Raises JobFailure (unavailable) unless the files are those of ``digests``."""
    for name, wanted in digests.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != wanted.lower():
            message = _("The file “%(name)s” of the weights is not the one whose digest is set.")
            raise unavailable(message % {"name": name})


def checked(one: Mapping[str, str]) -> Path:
    """The single file ``PATH``, once its SHA-256 is ``SHA256``. Raises JobFailure (unavailable)."""
    file = Path(one["PATH"])
    if not file.is_file():
        message = _("The file “%(name)s” of the weights is not on this machine.")
        raise unavailable(message % {"name": file.name})
    assert_digests(file.parent, {file.name: one["SHA256"]})
    return file


def assert_sealed(folder: Path, seal: str) -> None:
    """Raises JobFailure (unavailable) unless ``digests.json`` is the one whose SHA-256 is
    ``seal``, and every file that it names is as it says.
    """
    assert_digests(folder, {DIGESTS: seal})
    assert_digests(folder, sealed_files(folder))


def sealed_files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file by its name, as ``digests.json`` says."""
    found: dict[str, str] = json.loads((folder / DIGESTS).read_text(encoding="utf-8"))
    return found


def assert_safe(folder: Path) -> None:
    """Raises JobFailure (unavailable) for weights that would need pickles or code of their own."""
    assert_no_code(folder)
    for name, entry in _components(folder):
        library = entry[0]
        if library is not None and library not in _LIBRARIES:
            raise _runs_code(name)
        assert_no_pickles(folder / name, name)


def assert_no_code(folder: Path) -> None:
    """Raises JobFailure (unavailable) where programs lie beside the weights."""
    if found := next(iter(sorted(folder.rglob("*.py"))), None):
        raise _runs_code(found.name)


def assert_no_pickles(folder: Path, name: str) -> None:
    """Raises JobFailure (unavailable) where the weights of the part ``name`` are pickles alone."""
    suffixes = {file.suffix.lower() for file in folder.glob("*")} if folder.is_dir() else set()
    if suffixes & _PICKLES and ".safetensors" not in suffixes:
        message = _(
            "The weights of “%(part)s” are pickles, which can run code when they are "
            "loaded. Convert them to safetensors."
        )
        raise unavailable(message % {"part": name})


def _components(folder: Path) -> Iterator[tuple[str, list[str | None]]]:
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unavailable(_("The weights have no readable model_index.json.")) from error
    for name, entry in index.items():
        if isinstance(entry, list) and len(entry) == 2:
            yield name, entry


def _runs_code(name: str) -> JobFailure:
    message = _("The weights bring code of their own (“%(name)s”), which is never run.")
    return unavailable(message % {"name": name})


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and digests of all weights and settings in ``folder``."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".safetensors", ".json"}:
            total.update(f"{file.relative_to(folder)} {sha256_of(file)}\n".encode())
    return total.hexdigest()


def sha256_of(file: Path) -> str:
    """Read once a process while the file stays the same, as models may be loaded often."""
    state = file.stat()
    return _sha256(file, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=1024)
def _sha256(file: Path, *state: int) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def content_digest(file: Path) -> str:
    """SHA-256 of ``file``, or what the hub's cache names its content by, which is unread then."""
    name = file.resolve().name
    return name if _BLOB.fullmatch(name) else sha256_of(file)


def unavailable(message: str) -> JobFailure:
    return JobFailure(FailureKind.UNAVAILABLE, message)
