"""The diffusion models that the settings name, for commands that take care of their weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from prodimages.conf import settings
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.model_options import ModelOptions
from prodimages.engines.option_values import COMMIT
from prodimages.engines.presets import Preset


@dataclasses.dataclass(frozen=True)
class DeclaredModel:
    alias: str
    facts: dict[str, Any]
    """What an operator wants to know of the preset: tasks, license, size."""
    repositories: tuple[tuple[str, str], ...]
    """On the hub, each with its pinned commit; empty where none is pinned."""
    folder: Path | None
    """Its own, where the settings name one instead of a repository."""
    faults: list[str]
    """Why the engine would refuse to work, in words."""


def declared_models() -> Iterator[DeclaredModel]:
    """Those of all engines that are declared and can be imported."""
    for alias, declared in settings.ENGINES.items():
        try:
            backend = import_string(declared["BACKEND"])
        except ImportError:
            continue  # a system check says so
        if issubclass(backend, DiffusersEngine):
            yield _declared(alias, declared.get("OPTIONS", {}))


def _declared(alias: str, options: dict[str, Any]) -> DeclaredModel:
    read, faults = ModelOptions.parse(options)
    words = [fault.message for fault in faults]
    if read is None:
        return DeclaredModel(alias, {"preset": str(options.get("PRESET", ""))}, (), None, words)
    own = {read.preset.hub_id} if read.path else set()
    folder = Path(read.path) if read.path else None
    pairs = [(name, _commit(read, name)) for name in read.preset.repositories if name not in own]
    facts = facts_of(read.preset_name, read.preset)
    return DeclaredModel(alias, facts, tuple(pairs), folder, words)


def _commit(read: ModelOptions, repository: str) -> str:
    revision = str(read.revisions.get(repository, ""))
    return revision if COMMIT.fullmatch(revision) else ""


def facts_of(name: str, preset: Preset) -> dict[str, Any]:
    return {
        "preset": name,
        "title": preset.title,
        "tasks": [str(task) for task in preset.tasks],
        "license": preset.license or None,
        "commercial": preset.commercial,
        "terms": preset.terms or None,
        "parameters": f"{preset.parameters:g}e9" if preset.parameters else None,
        "memory_gb": preset.memory or None,
    }
