"""Step ``see_through``: finds where light passes through a product of glass or sheer cloth."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, Surface, Task
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

NEUTRAL_SCENES = frozenset({"sweep", "gradient"})
"""Scenes in which what shows through a product may stay what it was in the photo."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SeenThrough:
    """What of the photo's background is in the product's pixels."""

    share: np.ndarray
    """(H, W, 3) float32 in 0..1, the photo's size; 0 where the product is solid."""
    behind: tuple[float, float, float]
    """The background's color after the correction, 0..255."""


class SeeThrough(Step):
    """Works on products whose surface is ``glass`` or ``sheer``, before a background of one
    color. Before any other, a packshot or a seamless scene shows the product as it is in the
    photo, with a notice; any other scene would shine through it wrongly, so the job fails.
    """

    name = "see_through"
    needs = frozenset({"prepared", "cutout"})
    gives = frozenset({"seen_through"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        context["seen_through"] = None
        if context.plan.product.get("surface") in {Surface.GLASS, Surface.SHEER}:
            context["seen_through"] = self._seen_through(context)
        context.advance(1.0)

    def _seen_through(self, context: StepContext) -> SeenThrough | None:
        from prodimages.imaging.transmission import (
            backdrop,
            behind_corrected,
            through_cloth,
            through_glass,
        )

        prepared, cutout = context["prepared"], context["cutout"]
        if prepared.alpha is not None:
            return None  # cut out elsewhere: its own alpha tells what is sheer
        behind = backdrop(prepared.rgb, cutout.alpha)
        if behind is None:
            _without_keying(context)
            return None
        is_cloth = context.plan.product["surface"] == Surface.SHEER
        key = through_cloth if is_cloth else through_glass
        share = key(prepared.rgb, cutout.alpha, behind)
        if not share.any():
            return None
        color = behind_corrected(cutout.foreground, share, behind, prepared.rgb)
        return SeenThrough(share=share, behind=color)


def _without_keying(context: StepContext) -> None:
    """Raises JobFailure(PHOTO_INVALID) unless the scene is neutral."""
    plan = context.plan
    scene = next(
        (step.parameters.get("scene") for step in plan.steps if step.name == "generate"), None
    )
    if plan.task == Task.PACKSHOT or scene in NEUTRAL_SCENES:
        context.notices.append(
            _(
                "The photo's background is not of one color, so what shows through the product is "
                "still that background."
            )
        )
        return
    raise JobFailure(
        FailureKind.PHOTO_INVALID,
        _(
            "Light passes through this product, and the photo's background is not of one light "
            "color, so it can't be replaced by another scene. Photograph the product before a "
            "plain light wall or paper, choose a packshot or a seamless style, or set its surface "
            "to opaque."
        ),
    )
