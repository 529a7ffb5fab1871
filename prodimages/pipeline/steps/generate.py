"""Let the engine make the pictures' surroundings, for all jobs of the batch at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from prodimages.choices import Task
from prodimages.engines.base import EnginePicture, GenerationRequest, OnLook, View
from prodimages.exceptions import JobCanceled, JobFailure
from prodimages.pipeline.color_words import filled, told
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    from prodimages.pipeline.context import StepContext

MAX_SEED = 2**63 - 1


def picture_seed(seed: int, index: int) -> int:
    """The seed of picture ``index``: the job's own for the first, the next ones after it."""
    return (seed + index) % (MAX_SEED + 1)


class Generate(Step):
    name: ClassVar[str] = "generate"
    gives: ClassVar[frozenset[str]] = frozenset({"generated"})
    each_picture: ClassVar[bool] = True
    deadline: ClassVar[float] = 300.0

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        if error := self.run_batch([context], [parameters])[0]:
            raise error

    def run_batch(
        self, contexts: Sequence[StepContext], parameters: Sequence[Mapping[str, Any]]
    ) -> list[Exception | None]:
        """One call of the engine for every picture of the chunk."""
        asked = [
            (context, self._request(context, own, index))
            for context, own in zip(contexts, parameters, strict=True)
            for index in context.indexes
        ]
        engine, owners = contexts[0].engine, {id(request): context for context, request in asked}

        def on_progress(fraction: float) -> None:
            for context in contexts:
                context.advance(fraction)

        # A neighbour's wish to stop must not end the batch; it ends once all want to.
        pictures = engine.generate(
            [request for _context, request in asked],
            on_progress=on_progress,
            is_canceled=lambda: all(context.is_canceled() for context in contexts),
            **({"on_look": _shown_to(owners)} if engine.shows_looks else {}),
        )
        made = iter(pictures)
        return [self._give(context, [next(made) for _ in context.indexes]) for context in contexts]

    def _give(
        self, context: StepContext, made: Sequence[EnginePicture | JobFailure]
    ) -> Exception | None:
        """Hand a job its pictures; what stops the job, if anything does."""
        if context.is_canceled():
            return JobCanceled()
        if failed := next((one for one in made if isinstance(one, JobFailure)), None):
            return failed
        context["generated"] = dict(zip(context.indexes, made, strict=True))
        return None

    def _request(
        self, context: StepContext, parameters: Mapping[str, Any], index: int
    ) -> GenerationRequest:
        plan = context.plan
        width, height = context.artifacts.get("canvas", (plan.width, plan.height))
        return GenerationRequest(
            task=Task(plan.task),
            prompt=_prompt(context),
            negative_prompt=plan.negative_prompt,
            seed=picture_seed(plan.seed, index),
            width=width,
            height=height,
            product=context.artifacts.get("placed"),  # none where the model imagines all
            try_on=context.artifacts.get("try_on"),
            view=View(**plan.view),
            parameters=parameters,
            fixed=frozenset({"light"} & plan.placement.keys()).union(plan.locked),
        )


def _shown_to(owners: Mapping[int, StepContext]) -> OnLook:
    """Each look goes to the job that asked for the picture, by the identity of its request."""

    def on_look(request: GenerationRequest, picture: bytes) -> None:
        owners[id(request)].show(picture)

    return on_look


def _prompt(context: StepContext) -> str:
    """The plan's, with the color that the photo shows where the shop named none."""
    plan = context.plan
    if not plan.product.get("color_from_photo"):
        return plan.prompt
    from prodimages.imaging.naming import color_names

    placed = context["placed"]
    names = color_names(placed.rgb, placed.alpha)
    if (notice := told(names)) not in context.notices:
        context.notices.append(notice)
    return filled(plan.prompt, names)


class Upscale(Generate):
    """As ``generate``, of the whole photo; minutes on a CPU, where others take seconds."""

    name: ClassVar[str] = "upscale"
    needs: ClassVar[frozenset[str]] = frozenset({"placed", "canvas"})
    deadline: ClassVar[float] = 1800.0
