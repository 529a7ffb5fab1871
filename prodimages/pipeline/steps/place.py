"""Step ``place``: scales the product and puts it where it stands on the canvas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step


class Place(Step):
    """Parameters: ``fill`` (0..1, default 0.7), ``align`` (``center`` or ``ground``) and
    ``ground`` (0..1, fraction of the height where the lowest point stands).
    """

    name = "place"
    needs = frozenset({"cutout"})
    gives = frozenset({"placed"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.cutouts.refinement.confidence import cutting_edges
        from prodimages.imaging.alpha import bounding_box
        from prodimages.imaging.placement import place, plan_placement

        cutout, plan = context["cutout"], context.plan
        source = bounding_box(cutout.alpha)
        if source is None:
            raise JobFailure(FailureKind.NO_PRODUCT, _("The cut-out of the photo is empty."))
        canvas = plan.width, plan.height
        bleeds = cutting_edges(cutout.alpha)
        placement = plan_placement(
            (source[2] - source[0], source[3] - source[1]),
            canvas,
            fill=float(parameters.get("fill", 0.7)),
            align=parameters.get("align", "center"),
            ground=float(parameters.get("ground", 0.86)),
            bleeds=bleeds,
        )
        if placement.wanted_scale > placement.scale:
            context.notices.append(_too_small(placement.wanted_scale))
        context["placed"] = place(
            cutout.foreground,
            cutout.alpha,
            canvas,
            placement,
            width_cm=plan.product.get("width_cm"),
            bleeds=bleeds,
        )
        context.report(self.name, 1.0)


def _too_small(wanted: float) -> str:
    message = _(
        "The photo is too small for this picture: the product would have to be enlarged "
        "%(wanted).1f times. It is shown smaller, enlarged 1.5 times."
    )
    return message % {"wanted": wanted}
