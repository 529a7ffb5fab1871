"""A small picture for staff who place a product: made in seconds, and never kept.

It goes through the steps that decide what the product's place looks like, at reduced
size. Heavy libraries are loaded when the first one is made.
"""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING, Any

from prodimages.pipeline.planner import stands
from prodimages.pipeline.registry import get_step
from prodimages.pipeline.steps.enlarge import LEARNED

if TYPE_CHECKING:
    from prodimages.imaging.types import Cutout, PreparedPhoto
    from prodimages.pipeline.context import StepContext
    from prodimages.pipeline.spec import Plan

SIDE = 512
"""Longest side of a preview in pixels."""
WORKING_SIDE = 1024
"""Longest side in pixels of the photo that previews are made from."""
_QUALITY = 88


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """A product cut out of its photo, reduced so that it is quick to place."""

    cutout: Cutout
    reduction: float
    """Pixels of it for a pixel of the photo that the pipeline works on, up to 1."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preview:
    content: bytes
    """A JPEG."""
    geometry: dict[str, Any]
    """Where the product lies, in fractions of the picture's width and height."""
    notices: tuple[str, ...]


def figure_of(context: StepContext) -> Figure:
    """The product from the photo and cut-out of ``context``. Raises JobFailure as steps do."""
    steps = {step.name: step.parameters for step in context.plan.steps}
    get_step("prepare").run(context, steps["prepare"])
    whole: PreparedPhoto = context["prepared"]
    context["prepared"] = _reduced(whole)
    for name in ("cutout", "correct"):
        if name in steps:
            get_step(name).run(context, steps[name])
    reduction = context["prepared"].rgb.shape[1] / whole.rgb.shape[1]
    return Figure(cutout=context["cutout"], reduction=reduction)


def render(context: StepContext, figure: Figure) -> Preview:
    """The picture of ``context.plan`` at SIDE pixels. Raises JobFailure as steps do."""
    from prodimages.imaging.encode import encode
    from prodimages.imaging.fit import MAX_ENLARGEMENT, MAX_LEARNED

    plan = context.plan
    factor = min(1.0, SIDE / max(plan.width, plan.height))
    small = dataclasses.replace(
        plan, width=round(plan.width * factor), height=round(plan.height * factor)
    )
    context.plan, context.indexes = small, [0]
    context["cutout"] = figure.cutout
    steps = {step.name: step.parameters for step in plan.steps}
    is_learned = steps.get("enlarge", {}).get("enlargement") == LEARNED
    # As the whole photo has it at full size; a learned enlargement would take too long here.
    cap = (MAX_LEARNED if is_learned else MAX_ENLARGEMENT) * factor / figure.reduction
    get_step("place").run(context, {**steps["place"], "enlarge": cap})
    get_step("generate").run(context, steps["generate"])
    get_step("compose").run(context, steps["compose"])
    picture = context["generated"][0]
    content = encode(
        context["composed"][0], format="jpeg", quality=_QUALITY, source_type=picture.source_type
    )
    remarks = [check["message"] for check in picture.checks]
    notices = dict.fromkeys([*context.notices, *picture.notices, *remarks])
    return Preview(content=content, geometry=_geometry(context, small), notices=tuple(notices))


def layer(figure: Figure) -> bytes:
    """The upright product alone, cropped to its box, as a PNG with transparency."""
    import numpy as np
    from PIL import Image

    from prodimages.imaging.alpha import bounding_box

    cutout = figure.cutout
    box = bounding_box(cutout.alpha)
    assert box is not None  # the cutout step refuses an empty one
    alpha = np.rint(cutout.alpha * 255).astype(np.uint8)
    image = Image.fromarray(np.dstack([cutout.foreground, alpha])).crop(box)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _reduced(photo: PreparedPhoto) -> PreparedPhoto:
    import numpy as np
    from PIL import Image

    height, width = photo.rgb.shape[:2]
    scale = WORKING_SIDE / max(width, height)
    if scale >= 1:
        return photo
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def small(values: np.ndarray) -> np.ndarray:
        return np.array(Image.fromarray(values).resize(size, Image.Resampling.BOX))

    alpha = photo.alpha if photo.alpha is None else small(photo.alpha)
    return dataclasses.replace(photo, rgb=small(photo.rgb), alpha=alpha)


def _geometry(context: StepContext, plan: Plan) -> dict[str, Any]:
    from prodimages.engines.base import View
    from prodimages.imaging.alpha import bounding_box

    placement = context["placement"]
    box = bounding_box(context["cutout"].alpha)
    assert box is not None  # else it could not have been placed
    left, top, right, bottom = box
    parameters = next(step.parameters for step in plan.steps if step.name == "place")
    has_line = parameters.get("align") == "ground"
    values = {
        "middle": (placement.middle[0] / plan.width, placement.middle[1] / plan.height),
        "size": (
            (right - left) * placement.scale / plan.width,
            (bottom - top) * placement.scale / plan.height,
        ),
        "rotation": placement.rotation,
        "offset": placement.offset,
        "ground": parameters.get("ground", 0.86) if has_line else placement.box[3] / plan.height,
        "canvas": (plan.width, plan.height),
    }
    rounded = {name: _round(value) for name, value in values.items()}
    return rounded | {
        "stands": stands(View(**plan.view)),
        "bleeds": sorted(context["placed"].bleeds),
        "was_moved": placement.was_moved,
    }


def _round(value: Any) -> Any:
    return [round(v, 5) for v in value] if isinstance(value, tuple) else round(value, 5)
