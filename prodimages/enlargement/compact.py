"""The project's own network: a million weights that double a product photo in seconds.

Trained by ``prodimages.diffusion.training.gan`` on garment photos and drawn letters, stripes
and weaves; ``weights/compact-x2.md`` says how, and what it can't do. It runs in onnxruntime,
which the extra ``cpu`` brings for cut-outs anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from prodimages.enlargement.base import Network
from prodimages.enlargement.networked import NetworkEnlarger

WEIGHTS = Path(__file__).parent / "weights" / "compact-x2.onnx"
SHA256 = "4095d255616501cb1fb1202fed5eb2f037865b5bf2247e4ff6ad2096360e01e7"
LICENSE = "Apache-2.0"


class CompactEnlarger(NetworkEnlarger):
    """Options: ``THREADS`` (default 2) of the CPU, and ``TILE`` (default 208), the side in
    pixels of the pieces that a photo is enlarged in: 200 MB of memory, and more for more.
    """

    name = "compact-x2"
    version = "1"
    numbers: ClassVar[Mapping[str, tuple[int, int]]] = {"THREADS": (2, 1), "TILE": (208, 32)}

    def load(self) -> Network:
        from prodimages.enlargement.onnx.network import OnnxNetwork

        return OnnxNetwork(WEIGHTS, threads=self.number("THREADS"))

    def record(self) -> dict[str, Any]:
        return {**super().record(), "sha256": SHA256, "license": LICENSE}

    def missing(self) -> str:
        try:
            metadata.version("onnxruntime")
        except metadata.PackageNotFoundError:
            return _("This enlargement needs onnxruntime. Install prodimages[cpu].")
        return ""

    def problem(self) -> str:
        if missing := self.missing():
            return missing
        if not WEIGHTS.is_file():
            return _("The weights of learned enlargement are missing. Install prodimages again.")
        if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != SHA256:
            return _(
                "The weights of the learned enlargement have another SHA-256 than expected. "
                "Install prodimages again."
            )
        return ""
