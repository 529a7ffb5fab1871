"""Engines that do as little as possible, for tests of everything around them."""

from __future__ import annotations

import threading
import time
from typing import ClassVar

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.engines import turns
from prodimages.engines.base import Engine, EnginePicture, PromptReading
from prodimages.exceptions import JobCanceled, JobFailure


class FlatEngine(Engine):
    """Paints one color, taken from the seed; obeys a few options to misbehave."""

    tasks = frozenset({Task.PACKSHOT, Task.BACKGROUND})
    deterministic = True
    previews = True

    @property
    def max_batch(self) -> int:  # type: ignore[override]
        return int(self.options.get("MAX_BATCH", 1))

    def read_prompt(self, task, prompt):
        words = [word for word in prompt.split() if word.startswith("un")]
        return PromptReading(ignored=words)

    def refuse(self, request):
        return ["The parameter “bad” is not known."] if "bad" in request else []

    def generate(self, requests, *, on_progress, is_canceled):
        import numpy as np

        pictures = []
        for number, request in enumerate(requests):
            if is_canceled():
                raise JobCanceled
            if request.parameters.get("fail"):
                raise JobFailure(
                    request.parameters["fail"],
                    "The engine was told to fail.",
                    retryable=bool(request.parameters.get("retryable")),
                )
            if seconds := request.parameters.get("sleep"):
                time.sleep(seconds)
            level = (request.seed % 200) / 255
            rgb = np.full((request.height, request.width, 3), level, np.float32)
            pictures.append(
                EnginePicture(
                    rgb=rgb, seed=request.seed, source_type=SourceType.COMPOSITE_SYNTHETIC
                )
            )
            on_progress((number + 1) / len(requests))
        return pictures


class ImaginingEngine(FlatEngine):
    """Makes pictures from words alone, too."""

    tasks = FlatEngine.tasks | {Task.TEXT_TO_IMAGE}


class SlowEngine(FlatEngine):
    """Too slow, it says, for previews."""

    previews = False


class ModelEngine(FlatEngine):
    """Has a model, it says, which is loaded for the first picture and puts out all others."""

    loaded = False

    @property
    def is_warm(self):
        return self.loaded

    def generate(self, requests, *, on_progress, is_canceled):
        self.loaded = True
        return super().generate(requests, on_progress=on_progress, is_canceled=is_canceled)


class OverlappingEngine(FlatEngine):
    """Has a device that serves one batch at a time, and tells who was there together."""

    overlaps = True
    device = threading.Lock()
    released = threading.Event()
    """Set to end what hangs."""
    inside: ClassVar[list[int]] = []
    """Batches in ``generate``, waiting or painting, whenever one came to its turn."""
    _present = 0

    def generate(self, requests, *, on_progress, is_canceled):
        cls = type(self)
        cls._present += 1
        try:
            with turns.taken(self.device):
                cls.inside.append(cls._present)
                if requests[0].parameters.get("hang"):
                    self.released.wait(30)
                time.sleep(self.options.get("SECONDS", 0.0))
                return super().generate(requests, on_progress=on_progress, is_canceled=is_canceled)
        finally:
            cls._present -= 1


class WarmingEngine(FlatEngine):
    """Wants to be warmed up, unless its options say otherwise."""

    warmed: ClassVar[list[str]] = []

    @property
    def warms_up(self):
        return self.options.get("WARM_UP", True)

    def warm_up(self):
        self.warmed.append(self.alias)
        if self.options.get("BROKEN"):
            raise JobFailure(FailureKind.UNAVAILABLE, "There are no weights.")


class ShowingEngine(FlatEngine):
    """Shows how far its pictures are, one color after another, and waits to be let on."""

    shows_looks = True
    colors: ClassVar[list[tuple[int, int, int]]] = [(150, 148, 144), (176, 120, 84)]
    seen: ClassVar[list[threading.Event]] = [threading.Event(), threading.Event()]
    """Set by the test to let it go on from each color."""

    def generate(self, requests, *, on_progress, is_canceled, on_look):
        import io

        from PIL import Image

        for number, color in enumerate(self.colors):
            file = io.BytesIO()
            Image.new("RGB", (256, 256), color).save(file, "JPEG")
            for request in requests:
                on_look(request, file.getvalue())
            on_progress((number + 1) / 4)
            self.seen[number].wait(30)
        return super().generate(requests, on_progress=on_progress, is_canceled=is_canceled)
