"""Step ``finish``: brings pictures that show no composited product to 8 bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step


class Finish(Step):
    """Stands in for ``compose`` and ``fidelity`` where a model imagined the whole picture:
    there is nothing of the photo in it to be measured, and staff are told so.
    """

    name = "finish"
    needs = frozenset({"generated"})
    gives = frozenset({"composed", "fidelity"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        import numpy as np

        from prodimages.imaging.composite import dither

        composed, reports = {}, {}
        message = _("A model imagined this picture; the product in it is not the one in the photo.")
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            picture = context["generated"][index]
            noise = np.random.default_rng(picture.seed)
            composed[index] = dither(picture.rgb.astype(np.float32) * 255, noise)
            imagined = {"code": "imagined", "message": message, "value": 1.0}
            reports[index] = {"passed": True, "checks": [imagined, *map(dict, picture.checks)]}
            context.advance(done / len(context.indexes))
        context["composed"], context["fidelity"] = composed, reports
