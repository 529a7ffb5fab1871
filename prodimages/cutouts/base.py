"""The contract of a cut-out backend, declared in ``PRODIMAGES["CUTOUT"]``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import numpy as np
    from django.core.checks import CheckMessage


class CutoutBackend(ABC):
    """One instance a process. Imports heavy libraries inside its methods only."""

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    """Raised whenever the same photo would give another alpha."""

    def __init__(self, options: Mapping[str, Any]):
        self.options = dict(options)

    @property
    def key(self) -> str:
        """Under what a stored cut-out is found again: name, version and weights."""
        return f"{self.name}@{self.version}"

    @abstractmethod
    def alpha(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8 sRGB -> (H, W) float32 in 0..1.

        Raises JobFailure(UNAVAILABLE) in words when the weights are missing.
        """

    def check(self) -> list[CheckMessage]:
        """System check messages; must not load the weights."""
        return []

    def problem(self) -> str:
        """What is missing, in words, for doctor; empty when the backend can run."""
        return ""
