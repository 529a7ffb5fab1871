"""What all enlargers that run a network piece by piece have in common."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.core import checks

from prodimages.choices import FailureKind
from prodimages.enlargement.base import FACTORS, Enlarger, Network
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    import numpy as np


class NetworkEnlarger(Enlarger):
    """Loads its network once, at the first photo, and checks its options."""

    numbers: ClassVar[Mapping[str, tuple[int, int]]] = {}
    """Option -> its default and its least value. ``TILE`` must be one of them: the side in
    pixels of the pieces that a photo is enlarged in."""
    texts: ClassVar[frozenset[str]] = frozenset()
    """Options that are text."""

    def __init__(self, options: Mapping[str, Any]):
        super().__init__(options)
        self._network: Network | None = None
        self._lock = threading.Lock()

    @abstractmethod
    def load(self) -> Network:
        """Called once, and only when there is no ``problem``."""

    def number(self, name: str) -> int:
        return int(self.options.get(name, self.numbers[name][0]))

    def enlarge(
        self,
        rgb: np.ndarray,
        factor: int,
        *,
        on_progress: Callable[[float], None] = lambda fraction: None,
        is_canceled: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        if factor not in FACTORS:
            raise ValueError(f"a factor is one of {FACTORS}, not {factor}")
        network = self._loaded()
        from prodimages.enlargement.tiles import enlarge

        return enlarge(
            rgb,
            factor,
            network,
            tile=self.number("TILE"),
            on_progress=on_progress,
            is_canceled=is_canceled,
        )

    def check(self) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = []
        known = sorted({*self.numbers, *self.texts})
        if unknown := sorted(set(self.options) - set(known)):
            found.append(
                checks.Error(
                    f"The enlarger {self.name} has no option {', '.join(unknown)}.",
                    hint=f"Its options are {', '.join(known)}.",
                    id="prodimages.E031",
                )
            )
        for name, (default, least) in self.numbers.items():
            value = self.options.get(name, default)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                message = f"is {value!r}; it must be a whole number from {least}."
                found.append(self._wrong(name, message))
        found += (
            self._wrong(name, f"is {self.options[name]!r}; it must be text.")
            for name in sorted(self.texts & set(self.options))
            if not isinstance(self.options[name], str)
        )
        return found

    def _wrong(self, name: str, message: str) -> checks.Error:
        return checks.Error(f"The enlarger's option {name} {message}", id="prodimages.E031")

    def _loaded(self) -> Network:
        with self._lock:
            if self._network is None:
                if problem := self.problem():
                    raise JobFailure(FailureKind.UNAVAILABLE, problem)
                self._network = self.load()
        return self._network
