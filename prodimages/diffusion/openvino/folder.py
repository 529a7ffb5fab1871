"""Where graphs are kept on this machine: by the weights, the version and the kind of call."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodimages.diffusion.cache import cache_folder
from prodimages.diffusion.openvino.graph import library
from prodimages.diffusion.weights import content_digest

CONVERSION = "1"
"""Raised whenever the same weights would be converted otherwise."""
_GRAPH, _FACTS = "graph.xml", "facts.json"
_DIGITS = 32
"""Of a digest, in the name of a folder."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Slot:
    """The place of one graph."""

    digest: str
    """SHA-256 over the weights and settings that it comes from."""
    what: str
    """Class, arguments and, where they matter, shapes."""
    int8: bool = False

    @property
    def folder(self) -> Path:
        key = f"{self.what} {library().__version__} {CONVERSION} {'int8' if self.int8 else 'fp'}"
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        return cache_folder("openvino") / self.digest[:_DIGITS] / name

    @property
    def graph(self) -> Path | None:
        file = self.folder / _GRAPH
        return file if file.is_file() else None

    @property
    def size(self) -> int:
        """Bytes of its weights, which it takes in memory at least; 0 where there is none."""
        file = self.folder / _GRAPH
        return file.with_suffix(".bin").stat().st_size if file.is_file() else 0

    @property
    def facts(self) -> dict[str, Any]:
        file = self.folder / _FACTS
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}

    def put(self, model: Any, facts: Mapping[str, Any]) -> Path:
        """Keep ``model``, whole or not at all; what another process put there first stays."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix=".new-") as name:
            new = Path(name) / "slot"
            new.mkdir()
            # Half of the bytes; published weights are of that format already.
            library().save_model(model, new / _GRAPH, compress_to_fp16=True)
            told = {"what": self.what, "openvino": library().__version__, **facts}
            (new / _FACTS).write_text(json.dumps(told, indent=2), encoding="utf-8")
            if self.graph is None:
                try:
                    new.rename(self.folder)
                except OSError:
                    if self.graph is None:
                        raise
        return self.folder / _GRAPH

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def clear_of(weights: Path) -> int:
    """Remove all that was made of the components in ``weights``, for every version of OpenVINO.

    Returns the bytes that are free now. A worker that has a graph in memory goes on with it.
    """
    freed = 0
    for part in {file.parent for file in weights.rglob("*.safetensors")}:
        made = cache_folder("openvino") / digest_of(part)[:_DIGITS]
        freed += sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
        shutil.rmtree(made, ignore_errors=True)
    return freed


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of the weights and settings of one component."""
    total = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        if file.suffix in {".safetensors", ".json"}:
            total.update(f"{file.name} {content_digest(file)}\n".encode())
    return total.hexdigest()
