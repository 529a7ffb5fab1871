"""A job without rows: a plan, a context, and the artifacts that an engine would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from prodimages.choices import SourceType, Task
from prodimages.cutouts.proposals.base import Box
from prodimages.engines.base import EnginePicture
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Plan, PlannedStep

SIZE = 320


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
