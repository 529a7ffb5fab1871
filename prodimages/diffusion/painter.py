"""The door of this room: takes requests, gives pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.diffusion.attempts import Attempt, paint_until_good
from prodimages.diffusion.brief import Brief, Settings
from prodimages.diffusion.callbacks import StepWatch
from prodimages.diffusion.grown import MOST_SPILL
from prodimages.diffusion.model import Model
from prodimages.diffusion.prompts import cut_notices
from prodimages.diffusion.residency import of_this_process
from prodimages.diffusion.tasks.base import BROKEN
from prodimages.diffusion.tasks.registry import task_for
from prodimages.engines.base import EnginePicture, GenerationRequest, IsCanceled, OnProgress
from prodimages.engines.model_options import ModelOptions
from prodimages.engines.model_parameters import parameter_problems, request_problems
from prodimages.exceptions import JobFailure

Result = EnginePicture | JobFailure


class Painter:
    """Paints for one engine, with a model that others may share."""

    def __init__(self, options: ModelOptions) -> None:
        self.options = options

    @property
    def model(self) -> Model | None:
        """The model, while it is in memory."""
        return of_this_process.held(self.options)

    def paint(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> list[Result]:
        """A picture for each request, or why there is none. Raises JobCanceled; JobFailure
        (unavailable) when there is no model to paint with.
        """
        watch = StepWatch(on_progress, is_canceled, len(requests))
        watch.stop_if_canceled()
        with of_this_process.use(self.options) as model:
            watch.stop_if_canceled()
            results = self._results(model, requests, watch)
        on_progress(1.0)
        return results

    def close(self) -> None:
        of_this_process.drop(self.options)

    def _results(
        self, model: Model, requests: Sequence[GenerationRequest], watch: StepWatch
    ) -> list[Result]:
        results: dict[int, Result] = {}
        groups: dict[Settings, dict[int, Brief]] = {}
        for at, request in enumerate(requests):
            try:
                brief = self._brief(model, request)
            except JobFailure as failure:
                results[at] = failure
            else:
                groups.setdefault(brief.settings, {})[at] = brief
        for group in groups.values():
            made = paint_until_good(model, list(group.values()), watch)
            results |= {at: _result(model, one) for at, one in zip(group, made, strict=True)}
        return [results[at] for at in range(len(requests))]

    def _brief(self, model: Model, request: GenerationRequest) -> Brief:
        """Raises JobFailure for a wish that planning should have refused, too."""
        if request.task not in self.options.preset.tasks:
            message = _("%(model)s can't do “%(task)s”.")
            words = {"model": self.options.preset.title, "task": request.task}
            raise JobFailure(FailureKind.ENGINE, message % words)
        problems = [
            *parameter_problems(self.options, request.parameters),
            *(text for texts in request_problems(self.options, request).values() for text in texts),
        ]
        if problems:
            raise JobFailure(FailureKind.ENGINE, " ".join(problems))
        return task_for(model, request.task).brief(request, model)


def _result(model: Model, one: Attempt) -> Result:
    if one.failure is not None:
        return one.failure
    assert one.picture is not None
    request = one.brief.request
    task = task_for(model, request.task)
    if one.fault >= BROKEN:
        return JobFailure(FailureKind.ENGINE, task.broken())
    return EnginePicture(
        rgb=task.finished(one.brief, one.picture),
        seed=request.seed,
        source_type=task.source_type,
        notices=cut_notices(model.pipeline(one.brief.settings.pipeline), one.brief.prompt),
        checks=_checks(one),
        metadata=_facts(model, one),
    )


def _checks(one: Attempt) -> list[dict[str, Any]]:
    if one.fault <= MOST_SPILL:
        return []
    message = _("The model may have painted the product larger than it is; look at its outline.")
    return [{"code": "grown", "message": message, "value": round(one.fault, 3)}]


def _facts(model: Model, one: Attempt) -> dict[str, Any]:
    options, settings = model.options, one.brief.settings
    return {
        "model": options.preset.hub_id or options.preset.title,
        "revision": model.revision,
        "license": options.preset.license,
        "preset": options.preset_name,
        "pipeline": settings.pipeline,
        "painted": [settings.width, settings.height],
        "steps": settings.steps,
        "steps_run": settings.kept_steps,
        "guidance": settings.guidance,
        "number_format": str(model.dtype).removeprefix("torch."),
        "device": model.device.type,
        "tries": one.tries,
        "painted_seed": one.seed,
    }
