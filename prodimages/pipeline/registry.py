"""The steps by name. Plans on job rows name steps, so a name is never reused."""

from __future__ import annotations

from functools import cache

from prodimages.choices import Task
from prodimages.pipeline.spec import PREPARE, Step


@cache
def _steps() -> dict[str, Step]:
    from prodimages.pipeline.steps.compose import Compose
    from prodimages.pipeline.steps.correct import Correct
    from prodimages.pipeline.steps.cutout import CutOut
    from prodimages.pipeline.steps.enlarge import Enlarge
    from prodimages.pipeline.steps.fidelity import Fidelity
    from prodimages.pipeline.steps.finish import Finish
    from prodimages.pipeline.steps.garment import Garment
    from prodimages.pipeline.steps.generate import Generate, Upscale
    from prodimages.pipeline.steps.mark import Mark
    from prodimages.pipeline.steps.modesty import Modesty
    from prodimages.pipeline.steps.person import Person
    from prodimages.pipeline.steps.place import Place
    from prodimages.pipeline.steps.pose import FindPose
    from prodimages.pipeline.steps.prepare import Prepare
    from prodimages.pipeline.steps.region import Region
    from prodimages.pipeline.steps.resemble import Resemble
    from prodimages.pipeline.steps.see_through import SeeThrough
    from prodimages.pipeline.steps.store import Store
    from prodimages.pipeline.steps.whole import Whole
    from prodimages.pipeline.steps.worn import Worn

    classes: list[type[Step]] = [
        Prepare,
        CutOut,
        Correct,
        SeeThrough,
        Enlarge,
        Place,
        Generate,
        Compose,
        Fidelity,
        Finish,
        Mark,
        Store,
        Whole,
        Upscale,
        Resemble,
        Garment,
        Person,
        Modesty,
        FindPose,
        Region,
        Worn,
    ]
    return {step.name: step() for step in classes}


def get_step(name: str) -> Step:
    """Raises KeyError for a name that no step has."""
    return _steps()[name]


# The chain of each task; the planner refuses a task that has none.
_AROUND_THE_PRODUCT = (
    *(PREPARE, "cutout", "correct", "see_through", "enlarge", "place"),
    *("generate", "compose", "fidelity", "mark", "store"),
)
_PERSON = ("person", "modesty", "pose")
_GARMENT = (PREPARE, "cutout", "correct", "garment")
LOCATING = (*_GARMENT, *_PERSON, "region")
"""What is done to find landmarks and the region, which a shopper is then asked about."""
CHAINS: dict[str, tuple[str, ...]] = {
    Task.PACKSHOT: _AROUND_THE_PRODUCT,
    Task.BACKGROUND: _AROUND_THE_PRODUCT,
    Task.UPSCALE: (PREPARE, "whole", "upscale", "resemble", "mark", "store"),
    # A model may change what is around the product; the product itself stays that of the photo.
    Task.RESTYLE: _AROUND_THE_PRODUCT,
    Task.TRY_ON: (*LOCATING, "generate", "worn", "mark", "store"),
    Task.TEXT_TO_IMAGE: ("generate", "finish", "mark", "store"),
}


def needs_photo(task: str) -> bool:
    """Whether a picture of ``task`` begins with the product's photo."""
    return PREPARE in CHAINS.get(task, (PREPARE,))
