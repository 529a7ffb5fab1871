"""What happens after each denoising step: progress, and the chance to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prodimages.engines.base import IsCanceled, OnProgress
from prodimages.exceptions import JobCanceled

if TYPE_CHECKING:
    from prodimages.diffusion.layouts import Layout
    from prodimages.diffusion.looks import Looks

LEAST_SECONDS = 0.5
"""Between two reports of progress."""


class StepWatch:
    """The ``callback_on_step_end`` of one engine call, which may hold several pipeline calls."""

    def __init__(
        self,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
        pictures: int,
        looks: Looks | None = None,
    ) -> None:
        self.looks = looks
        """Whoever wants to see what is painted."""
        self._show: Callable[[Any], None] | None = None
        self._layout: Layout | None = None
        self._pace: Callable[[], None] = lambda: None
        self._on_progress = on_progress
        self._is_canceled = is_canceled
        self._pictures = max(pictures, 1)
        self._done = 0
        self._reported = float("-inf")

    def __call__(
        self, pipeline: Any, step: int, timestep: Any, given: dict[str, Any]
    ) -> dict[str, Any]:
        """Raises JobCanceled, which leaves the pipeline usable; its own interrupt would still
        run the remaining steps' loop and decode a picture that nobody wants.
        """
        self._pace()
        self.stop_if_canceled()
        changed: dict[str, Any] = {}
        if self._layout is not None:
            latents = self._layout.held(pipeline.scheduler, step, given["latents"])
            changed = {"latents": latents}
        if self._show is not None:
            self._show((given | changed).get("latents"))
        total = max(int(getattr(pipeline, "num_timesteps", 0)), step + 1)
        self._report(self._at_once * (step + 1) / total)
        return changed

    def begin(
        self,
        pictures: int,
        show: Callable[[Any], None] | None = None,
        layout: Layout | None = None,
        pace: Callable[[], None] = lambda: None,
    ) -> None:
        """A pipeline call for so many pictures starts, which hold to ``layout``; ``show`` is
        given its latents, and ``pace`` keeps it from running ahead of a card.
        """
        self.stop_if_canceled()
        self._pace = pace
        self._show = show
        self._layout = layout
        self._at_once = pictures

    def end(self) -> None:
        """Its pictures are done."""
        self._done += self._at_once
        self._report(0.0)

    def more(self, pictures: int) -> None:
        """So many have to be painted again."""
        self._pictures += pictures

    def stop_if_canceled(self) -> None:
        if self._is_canceled():
            raise JobCanceled

    def _report(self, running: float) -> None:
        now = time.monotonic()
        if now - self._reported >= LEAST_SECONDS:
            self._reported = now
            self._on_progress(min((self._done + running) / self._pictures, 1.0))

    _at_once = 0
