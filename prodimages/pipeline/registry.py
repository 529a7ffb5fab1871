"""The steps by name. Plans on job rows name steps, so a name is never reused."""

from __future__ import annotations

from functools import cache

from prodimages.choices import Task
from prodimages.pipeline.spec import Step


@cache
def _steps() -> dict[str, Step]:
    from prodimages.pipeline.steps.compose import ComposeStep
    from prodimages.pipeline.steps.cutout import CutoutStep
    from prodimages.pipeline.steps.fidelity import FidelityStep
    from prodimages.pipeline.steps.generate import GenerateStep
    from prodimages.pipeline.steps.mark import MarkStep
    from prodimages.pipeline.steps.place import PlaceStep
    from prodimages.pipeline.steps.prepare import PrepareStep
    from prodimages.pipeline.steps.store import StoreStep

    classes: list[type[Step]] = [
        PrepareStep,
        CutoutStep,
        PlaceStep,
        GenerateStep,
        ComposeStep,
        FidelityStep,
        MarkStep,
        StoreStep,
    ]
    return {step.name: step() for step in classes}


def get_step(name: str) -> Step:
    """Raises KeyError for a name that no step has."""
    return _steps()[name]


# The chain of each task; the planner refuses a task that has none.
CHAINS: dict[str, tuple[str, ...]] = {
    task: ("prepare", "cutout", "place", "generate", "compose", "fidelity", "mark", "store")
    for task in (Task.PACKSHOT, Task.BACKGROUND)
}
