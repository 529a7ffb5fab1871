"""The fitting preview: a top laid over a person by geometry alone, on the CPU, without a model.

It shows color, print, neckline and rough length on the person's own outline. It does not know how
cloth falls, and says nothing about whether a size fits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnProgress,
)
from prodimages.exceptions import JobCanceled, JobFailure

if TYPE_CHECKING:
    from prodimages.engines.fitting.fit import Fitted
    from prodimages.engines.fitting.region import Changes
    from prodimages.engines.fitting.wearer.person import Person


@dataclasses.dataclass(frozen=True)
class Fitting:
    """What the region step worked out; only this engine needs it again."""

    person: Person
    fitted: Fitted
    changes: Changes


class FittingEngine(Engine):
    """No options, no parameters, no prompt: the same pictures give the same preview."""

    tasks: ClassVar[frozenset[Task]] = frozenset({Task.TRY_ON})
    version: ClassVar[str] = "1"
    deterministic: ClassVar[bool] = True
    generates_canvas: ClassVar[bool] = False

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> list[EnginePicture | JobFailure]:
        """One preview a request. Raises JobCanceled between two of them."""
        from prodimages.engines.fitting.render import render

        pictures: list[EnginePicture | JobFailure] = []
        for done, request in enumerate(requests):
            if is_canceled():
                raise JobCanceled
            on_progress(done / len(requests))
            worn = request.try_on.fitting if request.try_on else None
            if worn is None:
                pictures.append(
                    JobFailure(FailureKind.ENGINE, _("A try-on needs a person and a garment."))
                )
                continue
            notices = (
                [_("The top in the photo is patterned, so that its light and shade were not used.")]
                if worn.person.is_patterned
                else []
            )
            pictures.append(
                EnginePicture(
                    rgb=render(worn.person, worn.fitted, worn.changes),
                    seed=request.seed,
                    source_type=SourceType.COMPOSITE_SYNTHETIC,
                    notices=notices,
                    metadata={"preview": True, "scale": round(worn.fitted.scale, 4)},
                )
            )
        on_progress(1.0)
        return pictures

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        text = _("The fitting preview has no parameter “%(name)s”.")
        return [text % {"name": name} for name in sorted(request)]

    def model_info(self) -> dict[str, Any]:
        return {"name": "fitting", "revision": self.version, "license": "Apache-2.0"}
