"""The whole photo with more pixels, by the learned enlargement that the settings declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core import checks
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnProgress,
)
from prodimages.enlargement.base import FACTORS
from prodimages.enlargement.registry import enlarger, require_enlarger, why_not
from prodimages.exceptions import JobCanceled, JobFailure


class EnlargeEngine(Engine):
    """Does the task ``upscale``; its options are those of ``PRODIMAGES["ENLARGER"]``."""

    tasks: ClassVar[frozenset[Task]] = frozenset({Task.UPSCALE})
    version: ClassVar[str] = "1"
    deterministic: ClassVar[bool] = True
    generates_canvas: ClassVar[bool] = False

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> list[EnginePicture]:
        """One picture a request. Raises JobCanceled between two pieces of a picture."""
        pictures = []
        for done, request in enumerate(requests):
            if is_canceled():
                raise JobCanceled

            def on_piece(fraction: float, done: int = done) -> None:
                on_progress((done + fraction) / len(requests))

            pictures.append(_enlarged(request, on_piece, is_canceled))
        on_progress(1.0)
        return pictures

    def model_info(self) -> dict[str, Any]:
        found = enlarger()
        if found is None:
            return {}
        record = found.record()
        revision = record.get("sha256") or record.get("weights") or found.version
        return {"name": found.name, "revision": revision, "license": "", **record}

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        """It has no parameters; also why nothing can be enlarged here, where it can't."""
        text = _("An enlargement has no parameter “%(name)s”.")
        unknown = [text % {"name": name} for name in sorted(request)]
        return [*unknown, *([problem] if (problem := why_not()) else [])]

    def check(self) -> list[checks.CheckMessage]:
        if not (problem := why_not()):
            return []
        return [
            checks.Warning(
                f"The engine “{self.alias}” can't enlarge anything: {problem}",
                hint="Install what it names, or take the engine out of the settings.",
                id="prodimages.W011",
            )
        ]


def _enlarged(
    request: GenerationRequest, on_progress: OnProgress, is_canceled: IsCanceled
) -> EnginePicture:
    import numpy as np

    photo, backend = request.product, require_enlarger()
    factor = 0 if photo is None else request.width // photo.rgb.shape[1]
    if photo is None or factor not in FACTORS:
        raise JobFailure(FailureKind.ENGINE, "This engine enlarges a photo 2 or 4 times.")
    large = backend.enlarge(photo.rgb, factor, on_progress=on_progress, is_canceled=is_canceled)
    record = {"operation": "learned enlargement", "factor": factor, **backend.record()}
    return EnginePicture(
        rgb=large.astype(np.float32) / 255,
        seed=request.seed,
        source_type=SourceType.COMPOSITE_WITH_TRAINED,
        metadata={"operations": [record]},
    )
