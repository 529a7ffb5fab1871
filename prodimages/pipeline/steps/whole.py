"""Step ``whole``: takes the photo as it is, for a task that changes no more than its size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.conf import settings
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

FACTORS = (2, 4)
DEFAULT_FACTOR = 2


class Whole(Step):
    """Parameter: ``factor`` (2, the default, or 4), pixels of the picture for one of the photo.

    Gives the photo as a product that fills it, and the picture's size as ``canvas``.
    """

    name = "whole"
    needs = frozenset({"prepared"})
    gives = frozenset({"placed", "canvas"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        import numpy as np

        from prodimages.imaging.types import PlacedProduct

        prepared = context["prepared"]
        height, width = prepared.rgb.shape[:2]
        factor = int(parameters.get("factor", DEFAULT_FACTOR))
        if factor * max(width, height) > settings.MAX_SIZE:
            message = _(
                "The photo has %(width)d × %(height)d pixels; enlarged %(factor)d times it would "
                "be over %(most)d pixels. It is large enough already."
            )
            values = {"width": width, "height": height, "factor": factor}
            values["most"] = settings.MAX_SIZE
            raise JobFailure(FailureKind.PHOTO_INVALID, message % values)
        rgb = prepared.rgb
        if prepared.alpha is not None:  # a picture has a ground, and channels want it white
            weight = prepared.alpha[..., None]
            rgb = np.rint(rgb * weight + 255 * (1 - weight)).astype(np.uint8)
        context["placed"] = PlacedProduct(
            rgb=rgb,
            alpha=np.ones((height, width), dtype=np.float32),
            box=(0, 0, width, height),
            scale=1.0,
        )
        context["canvas"] = width * factor, height * factor
        context.advance(1.0)
