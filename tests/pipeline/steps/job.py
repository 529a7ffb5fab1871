"""A job without rows: a plan, a context, the artifacts that an engine would give, and a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from prodimages.choices import SourceType, Task
from prodimages.cutouts.proposals.base import Box
from prodimages.engines.base import EnginePicture
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Plan, PlannedStep, Step
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from tests.cutouts import scenes
from tests.imaging.files import saved

SIZE = 320
NAVY = (0.12, 0.16, 0.4)


def mug_photo(**options: Any) -> bytes:
    """A navy mug before white, as a PNG; ``options`` are those of saving it."""
    colors, white = scenes.product_colors(NAVY), scenes.background("white")
    return saved(scenes.photo(scenes.mug(), colors, white), "PNG", **options)


class MemoryCutouts:
    def __init__(self, mask: bytes | None = None) -> None:
        self.mask = mask
        self.kept: dict[str, bytes] = {}
        self.details: list[Mapping[str, Any]] = []
        self.belonging: list[tuple[str, Box]] = []

    def load(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        self.kept.setdefault(key, alpha_png)
        self.details.append(details)

    def chosen(self) -> tuple[str, bytes] | None:
        return None if self.mask is None else ("staff:mask", self.mask)

    def kept_extras(self) -> Sequence[tuple[str, Box]]:
        return self.belonging


def make_plan(**values: Any) -> Plan:
    defaults: dict[str, Any] = {
        "task": Task.PACKSHOT.value,
        "engine": "flat",
        "engine_version": "1",
        "model": {},
        "prompt": "",
        "negative_prompt": "",
        "seed": 11,
        "count": 2,
        "width": SIZE,
        "height": SIZE,
        "steps": [PlannedStep(name="generate", version=1, parameters={"color": "#ffffff"})],
        "style": {},
        "view": {},
        "product": {"width_cm": 9.5},
    }
    return Plan(**(defaults | values))


def make_context(photo: bytes, *, cutouts: MemoryCutouts | None = None, **plan: Any) -> StepContext:
    return StepContext(
        plan=make_plan(**plan),
        engine=None,  # type: ignore[arg-type]
        read_photo=lambda: photo,
        cutouts=cutouts or MemoryCutouts(),
        pictures=None,  # type: ignore[arg-type]
        report=lambda name, fraction: None,
        is_canceled=lambda: False,
        indexes=[0, 1],
    )


def generated(context: StepContext, level: float = 1.0) -> dict[int, EnginePicture]:
    shape = (context.plan.height, context.plan.width, 3)
    return {
        index: EnginePicture(
            rgb=np.full(shape, level, dtype=np.float32),
            seed=100 + index,
            source_type=SourceType.COMPOSITE_SYNTHETIC,
        )
        for index in context.indexes
    }


def run(context: StepContext, *steps: type[Step], **parameters: Any) -> StepContext:
    for step in steps:
        step().run(context, parameters)
    return context


def finished(context: StepContext, level: float = 1.0, **parameters: Any) -> StepContext:
    """The context after all steps, each of them with ``parameters``."""
    context["generated"] = generated(context, level)
    return run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark, **parameters)
