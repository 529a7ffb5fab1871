"""Step ``compose``: lays the product's own pixels over each generated background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step


class Compose(Step):
    name = "compose"
    needs = frozenset({"placed", "generated"})
    gives = frozenset({"composed"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.imaging.composite import composite

        composed = {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            picture = context["generated"][index]
            composed[index] = composite(picture.rgb, context["placed"], picture.seed)
            context.advance(done / len(context.indexes))
        context["composed"] = composed
