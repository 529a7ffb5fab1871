"""The door of this room: takes requests, gives pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.diffusion import running
from prodimages.diffusion.attempts import Attempt, Turn, paint_until_good
from prodimages.diffusion.brief import Brief, Settings
from prodimages.diffusion.callbacks import StepWatch
from prodimages.diffusion.enlarging import with_grain
from prodimages.diffusion.grown import MOST_SPILL
from prodimages.diffusion.looks import Looks
from prodimages.diffusion.model import Model
from prodimages.diffusion.prompts import cut_notices
from prodimages.diffusion.residency import of_this_process
from prodimages.diffusion.tasks.base import BROKEN
from prodimages.diffusion.tasks.registry import task_for
from prodimages.diffusion.warming import trials
from prodimages.engines.base import (
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnLook,
    OnProgress,
)
from prodimages.engines.hands import spread
from prodimages.engines.model_options import ModelOptions
from prodimages.engines.model_parameters import parameter_problems, request_problems
from prodimages.exceptions import JobFailure

Result = EnginePicture | JobFailure


class Painter:
    """Paints for one engine, with a model that others may share.

    Several threads may paint at once. Each has the model only while its pipeline runs: canvases
    are drawn before, and pictures are looked at after, while another one has it.
    """

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
        on_look: OnLook | None = None,
    ) -> list[Result]:
        """A picture for each request, or why there is none. Raises JobCanceled; JobFailure
        (unavailable) when there is no model to paint with.
        """
        looks = None if on_look is None else Looks(on_look)
        watch = StepWatch(on_progress, is_canceled, len(requests), looks)
        watch.stop_if_canceled()
        results = self._results(requests, watch)
        on_progress(1.0)
        return results

    def warm_up(self) -> None:
        """Raises JobFailure where the first job would fail."""
        for batch in trials(self.options):
            made = self.paint(batch, on_progress=lambda done: None, is_canceled=lambda: False)
            if failed := next((one for one in made if isinstance(one, JobFailure)), None):
                raise failed

    def close(self) -> None:
        of_this_process.drop(self.options)

    def _results(self, requests: Sequence[GenerationRequest], watch: StepWatch) -> list[Result]:
        results: dict[int, Result] = {}
        groups: dict[Settings, dict[int, Brief]] = {}
        for at, brief in enumerate(spread(self._brief_or_failure, requests)):
            if isinstance(brief, JobFailure):
                results[at] = brief
            else:
                groups.setdefault(brief.settings, {})[at] = brief
        for group in groups.values():
            made = paint_until_good(self, list(group.values()), watch, self._take_turn)
            results |= zip(group, spread(self._result, made), strict=True)
        return [results[at] for at in range(len(requests))]

    def _take_turn(self, briefs: Sequence[Brief], watch: StepWatch) -> Turn:
        """Raises JobCanceled; JobFailure (unavailable) where there is no model."""
        with of_this_process.use(self.options) as model:
            watch.stop_if_canceled()
            coming = running.paint(model, briefs, watch)
            turn = _turn(model, briefs)
        # The next batch has the model now, while a card still paints the last of this one.
        turn.pictures = running.taken(coming)
        if blank := [at for at, one in enumerate(turn.pictures) if running.is_blank(one)]:
            self._once_more(turn, briefs, blank, watch)
        return turn

    def _once_more(
        self, turn: Turn, briefs: Sequence[Brief], blank: Sequence[int], watch: StepWatch
    ) -> None:
        """Paint in a safer number format what came out blank."""
        with of_this_process.use(self.options) as model:
            again = [briefs[at] for at in blank]
            coming = running.paint_safely(model, again, watch, turn.dtype)
            turn.dtype = model.dtype
        for at, picture in zip(blank, running.taken(coming), strict=True):
            turn.pictures[at] = running.blank_failure() if running.is_blank(picture) else picture

    def _brief_or_failure(self, request: GenerationRequest) -> Brief | JobFailure:
        try:
            return self._brief(request)
        except JobFailure as failure:
            return failure

    def _brief(self, request: GenerationRequest) -> Brief:
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
        return task_for(self, request.task).brief(request, self)

    def _result(self, one: Attempt) -> Result:
        if one.failure is not None:
            return one.failure
        assert one.picture is not None
        assert one.turn is not None
        request = one.brief.request
        task = task_for(self, request.task)
        if one.fault >= BROKEN:
            return JobFailure(FailureKind.ENGINE, task.broken())
        return EnginePicture(
            rgb=self._grained(one, task.finished(one.brief, one.picture)),
            seed=request.seed,
            source_type=task.source_type,
            notices=one.turn.notices[one.brief.prompt],
            checks=_checks(one),
            metadata=_facts(self.options, one, one.turn),
        )

    def _grained(self, one: Attempt, picture: np.ndarray) -> np.ndarray:
        """Last, so that no grain is drawn out where the ring around a product is blended in."""
        grain, settings = self.options.preset.grain, one.brief.settings
        if not grain or picture.shape[1] <= settings.width:
            return picture
        return with_grain(picture, grain, one.seed)


def _turn(model: Model, briefs: Sequence[Brief]) -> Turn:
    """By whoever has the model, as a tokenizer serves one thread at a time."""
    pipeline = model.pipeline(briefs[0].settings.pipeline)
    return Turn(
        revision=model.revision,
        dtype=model.dtype,
        device=model.device.type,
        notices={prompt: cut_notices(pipeline, prompt) for prompt in {b.prompt for b in briefs}},
    )


def _checks(one: Attempt) -> list[dict[str, Any]]:
    if one.fault <= MOST_SPILL:
        return []
    message = _("The model may have painted the product larger than it is; look at its outline.")
    return [{"code": "grown", "message": message, "value": round(one.fault, 3)}]


def _facts(options: ModelOptions, one: Attempt, turn: Turn) -> dict[str, Any]:
    settings = one.brief.settings
    return {
        **_lora(options, settings.lora),
        "model": options.preset.hub_id or options.preset.title,
        "revision": turn.revision,
        "license": options.preset.license,
        "preset": options.preset_name,
        "pipeline": settings.pipeline,
        "painted": [settings.width, settings.height],
        "steps": settings.steps,
        "steps_run": settings.kept_steps,
        "guidance": settings.guidance,
        "number_format": str(turn.dtype).removeprefix("torch."),
        "device": turn.device,
        "tries": one.tries,
        "painted_seed": one.seed,
    }


def _lora(options: ModelOptions, name: str) -> dict[str, str]:
    """Which file it was, as another may take its name."""
    return {"lora": f"{name} sha256:{options.loras[name]['SHA256'].lower()}"} if name else {}
