"""Enlargers for weights that a shop brings itself: Swin2SR, and what spandrel can read.

Conde et al.: Swin2SR: SwinV2 Transformer for Compressed Image Super-Resolution (2022), by
transformers; and the family of ESRGAN (2018) by spandrel. Both want torch, and a graphics card
to be quick.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from django.core import checks
from django.utils.translation import gettext as _

from prodimages.enlargement.base import Network
from prodimages.enlargement.networked import NetworkEnlarger

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class _BroughtEnlarger(NetworkEnlarger):
    """Weights with a license that the settings have to state."""

    numbers: ClassVar[Mapping[str, tuple[int, int]]] = {"TILE": (192, 32)}
    needs: ClassVar[tuple[str, ...]] = ()

    def missing(self) -> str:
        for package in self.needs:
            try:
                metadata.version(package)
            except metadata.PackageNotFoundError:
                return self.install(package)
        return ""

    def install(self, package: str) -> str:
        message = _("The enlarger %(name)s needs %(package)s. Install prodimages[%(extra)s].")
        extra = "spandrel" if package == "spandrel" else "diffusion"
        return message % {"name": self.name, "package": package, "extra": extra}

    def check(self) -> list[checks.CheckMessage]:
        found = super().check()
        if not found and (wrong := self.wrong()):
            found.append(checks.Error(f"The enlarger {self.name}: {wrong}", id="prodimages.E031"))
        return found

    def wrong(self) -> str:
        """What is wrong with the options, or ""."""
        return "" if self.options.get("LICENSE") else "LICENSE must name the weights' license."


class Swin2srEnlarger(_BroughtEnlarger):
    """Options: ``PATH``, a folder with config.json and model.safetensors, or ``MODEL`` and
    ``REVISION``, a repository in the hub's cache and its commit; ``LICENSE``; ``TILE``
    (default 192).
    """

    name = "swin2sr"
    texts = frozenset({"PATH", "MODEL", "REVISION", "LICENSE"})
    needs = ("torch", "transformers")

    def load(self) -> Network:
        from prodimages.enlargement.torch.networks import swin2sr

        if path := self.options.get("PATH"):
            return swin2sr(str(path), None)
        return swin2sr(self.options["MODEL"], self.options["REVISION"])

    def record(self) -> dict[str, Any]:
        weights = self.options.get("MODEL", "a folder of the shop")
        revision = self.options.get("REVISION", "")
        return {
            **super().record(),
            "weights": f"{weights}@{revision}" if revision else weights,
            "license": self.options.get("LICENSE", ""),
        }

    def wrong(self) -> str:
        if "PATH" in self.options:
            return super().wrong()
        if "MODEL" not in self.options:
            return "PATH must name a folder, or MODEL a repository."
        if not _COMMIT.fullmatch(str(self.options.get("REVISION", ""))):
            return "REVISION must be a commit of 40 hexadecimal digits."
        return super().wrong()


class SpandrelEnlarger(_BroughtEnlarger):
    """Options: ``PATH``, a file of safetensors, ``SHA256``, its digest, and ``LICENSE``;
    ``TILE`` (default 192).
    """

    name = "spandrel"
    texts = frozenset({"PATH", "SHA256", "LICENSE"})
    needs = ("torch", "spandrel")

    def load(self) -> Network:
        from prodimages.enlargement.torch.networks import spandrel

        return spandrel(self.options["PATH"])

    def record(self) -> dict[str, Any]:
        return {
            **super().record(),
            "sha256": self.options["SHA256"].lower(),
            "license": self.options["LICENSE"],
        }

    def problem(self) -> str:
        if missing := self.missing():
            return missing
        if wrong := self.wrong():
            return wrong
        path = Path(self.options["PATH"])
        if not path.is_file():
            return _("There is no file at the PATH of the enlarger.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != self.options["SHA256"].lower():
            return _("The weights of the learned enlargement have another SHA-256 than expected.")
        return ""

    def wrong(self) -> str:
        path = str(self.options.get("PATH", ""))
        if not path.endswith(".safetensors"):
            return "PATH must name a file of safetensors; pickles can run code and are not read."
        if not _SHA256.fullmatch(str(self.options.get("SHA256", "")).lower()):
            return "SHA256 must be the digest of that file."
        return super().wrong()
