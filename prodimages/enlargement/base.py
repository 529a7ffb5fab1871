"""The contract of a learned enlargement, declared in ``PRODIMAGES["ENLARGER"]``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    import numpy as np
    from django.core.checks import CheckMessage

FACTORS = (2, 4)
"""What every enlarger offers."""


class Network(Protocol):
    """What enlarges one piece of a photo."""

    @property
    def scale(self) -> int:
        """Pixels for a pixel, in each direction: one of FACTORS."""

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 in 0..1 -> (H * scale, W * scale, 3) float32, about 0..1."""


class Enlarger(ABC):
    """One instance a process. Imports heavy libraries inside its methods only."""

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    """Raised whenever the same photo would give other pixels."""

    def __init__(self, options: Mapping[str, Any]):
        self.options = dict(options)

    @abstractmethod
    def enlarge(
        self,
        rgb: np.ndarray,
        factor: int,
        *,
        on_progress: Callable[[float], None] = lambda fraction: None,
        is_canceled: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        """(H, W, 3) uint8 sRGB -> (H * factor, W * factor, 3) uint8; ``factor`` of FACTORS.

        Scaled back, the result must be the photo: a network may add what is finer than the
        photo's pixels, and nothing else. ``on_progress`` takes the fraction done;
        ``is_canceled`` is asked between pieces. Raises JobCanceled when it said yes, and
        JobFailure(UNAVAILABLE) in words when library or weights are missing.
        """

    def record(self) -> dict[str, Any]:
        """What a picture keeps of how it was enlarged: model, digest, license."""
        return {"model": f"{self.name}@{self.version}"}

    def missing(self) -> str:
        """What has to be installed, in words; "" when all is there. Cheap: no file is read."""
        return ""

    def problem(self) -> str:
        """Like ``missing``, for doctor: files are read and verified as well."""
        return self.missing()

    def check(self) -> list[CheckMessage]:
        """System check messages; must not load the weights."""
        return []
