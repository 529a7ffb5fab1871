"""Step ``enlarge``: gives a product from a small photo more pixels, where that was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prodimages.imaging.fit import MAX_ENLARGEMENT
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.rotation import Box

SMOOTH, LEARNED = "smooth", "learned"
METHODS = (SMOOTH, LEARNED)
_MARGIN = 16
"""Pixels of the photo around the product that are enlarged with it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Enlarged:
    """The product with more pixels than the photo gave it."""

    foreground: np.ndarray
    """(H, W, 3) uint8."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1."""
    source: Box
    """Where the product's box in the photo has come to lie in these arrays."""
    factor: int
    """Pixels for a pixel of the photo, in each direction."""
    record: Mapping[str, Any]
    """What was done; JSON-serializable."""


class Enlarge(Step):
    """Parameter: ``enlargement``, either ``smooth`` (the default: nothing is done here, the
    product is interpolated where it is placed) or ``learned``.

    Gives None where the photo has pixels enough, so that a large photo stays untouched
    whatever the style says. Learned enlargement takes seconds to minutes.
    """

    name = "enlarge"
    needs = frozenset({"cutout"})
    gives = frozenset({"enlarged"})
    deadline = 1800.0

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        context["enlarged"] = None
        if parameters.get("enlargement", SMOOTH) == LEARNED:
            wanted = _wanted(context)
            if wanted > MAX_ENLARGEMENT:
                context["enlarged"] = _enlarged(context, 2 if wanted <= 2 else 4)
        context.advance(1.0)


def _wanted(context: StepContext) -> float:
    """Canvas pixels for a photo pixel that the place step will want."""
    from prodimages.pipeline.steps.place import planned

    how = next(step.parameters for step in context.plan.steps if step.name == "place")
    return planned(context, how).wanted_scale


def _enlarged(context: StepContext, factor: int) -> Enlarged:
    from prodimages.enlargement.registry import require_enlarger
    from prodimages.imaging.alpha import bounding_box
    from prodimages.imaging.enlarging import enlarged_alpha

    cutout, backend = context["cutout"], require_enlarger()
    box = bounding_box(cutout.alpha)
    assert box is not None  # else it could not have been planned
    height, width = cutout.alpha.shape
    left, top = max(0, box[0] - _MARGIN), max(0, box[1] - _MARGIN)
    right, bottom = min(width, box[2] + _MARGIN), min(height, box[3] + _MARGIN)
    foreground = backend.enlarge(
        cutout.foreground[top:bottom, left:right],
        factor,
        on_progress=context.advance,
        is_canceled=context.is_canceled,
    )
    return Enlarged(
        foreground=foreground,
        alpha=enlarged_alpha(cutout.alpha[top:bottom, left:right], factor),
        source=(
            (box[0] - left) * factor,
            (box[1] - top) * factor,
            (box[2] - left) * factor,
            (box[3] - top) * factor,
        ),
        factor=factor,
        record={"operation": "learned enlargement", "factor": factor, **backend.record()},
    )
