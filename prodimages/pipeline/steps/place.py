"""Step ``place``: scales the product and puts it where it stands on the canvas."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    from prodimages.imaging.placement import Placement


class Place(Step):
    """Parameters: ``fill`` (0..1, default 0.7), ``align`` (``center`` or ``ground``) and
    ``ground`` (0..1, fraction of the height where the lowest point stands).

    By hand: ``x`` and ``y`` (right and down from there, as fractions of the canvas),
    ``scale`` (factor on the size that ``fill`` gives) and ``rotation`` (degrees clockwise).
    ``enlarge`` is the most canvas pixels that a photo pixel may become.
    """

    name = "place"
    version = 2
    needs = frozenset({"cutout"})
    gives = frozenset({"placed", "placement"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.cutouts.refinement.confidence import cutting_edges
        from prodimages.imaging.alpha import bounding_box
        from prodimages.imaging.placement import (
            MAX_ENLARGEMENT,
            ByHand,
            place,
            plan_placement,
        )
        from prodimages.imaging.rotation import turned_extent

        cutout, plan = context["cutout"], context.plan
        source = bounding_box(cutout.alpha)
        if source is None:
            raise JobFailure(FailureKind.NO_PRODUCT, _("The cut-out of the photo is empty."))
        canvas = plan.width, plan.height
        bleeds = cutting_edges(cutout.alpha)
        rotation = float(parameters.get("rotation", 0))
        if rotation and bleeds:
            rotation = 0.0
            context.notices.append(_("The photo's edge cuts the product, so it is not turned."))
        enlarge = float(parameters.get("enlarge", MAX_ENLARGEMENT))
        placement = plan_placement(
            (source[2] - source[0], source[3] - source[1]),
            canvas,
            fill=float(parameters.get("fill", 0.7)),
            align=parameters.get("align", "center"),
            ground=float(parameters.get("ground", 0.86)),
            bleeds=bleeds,
            by_hand=ByHand(
                x=float(parameters.get("x", 0)),
                y=float(parameters.get("y", 0)),
                factor=float(parameters.get("scale", 1)),
                rotation=rotation,
            ),
            extent=turned_extent(cutout.alpha, source, rotation),
            enlarge=enlarge,
        )
        wanted = placement.wanted_scale * MAX_ENLARGEMENT / enlarge
        context.notices.extend(_notices(placement, wanted))
        context["placement"] = placement
        placed = place(
            cutout.foreground,
            cutout.alpha,
            canvas,
            placement,
            width_cm=plan.product.get("width_cm"),
            bleeds=bleeds,
        )
        context["placed"] = dataclasses.replace(placed, measured=cutout.measured)
        context.advance(1.0)


def _notices(placement: Placement, wanted: float) -> list[str]:
    """Words about what could not be done as it was wanted."""
    notices = []
    if placement.was_shrunk:
        notices.append(_("The product is shown smaller than wanted, so that all of it is seen."))
    elif placement.wanted_scale > placement.scale:
        notices.append(_too_small(wanted))
    if placement.was_moved:
        notices.append(_("The product was moved, so that it does not stick out of the picture."))
    return notices


def _too_small(wanted: float) -> str:
    message = _(
        "The photo is too small for this picture: the product would have to be enlarged "
        "%(wanted).1f times. It is shown smaller, enlarged 1.5 times."
    )
    return message % {"wanted": wanted}
