"""Step ``place``: scales the product and puts it where it stands on the canvas."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.conf import settings
from prodimages.exceptions import JobFailure
from prodimages.imaging.fit import MAX_ENLARGEMENT, MAX_LEARNED
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step
from prodimages.pipeline.steps.cutout import stop_for_a_look

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.placement import Placement
    from prodimages.imaging.rotation import Extent
    from prodimages.imaging.types import PlacedProduct
    from prodimages.pipeline.steps.enlarge import Enlarged


class Place(Step):
    """Parameters: ``fill`` (0..1, default 0.7), ``align`` (``center`` or ``ground``) and
    ``ground`` (0..1, fraction of the height where the lowest point stands).

    By hand: ``x`` and ``y`` (right and down from there, as fractions of the canvas),
    ``scale`` (factor on the size that ``fill`` gives) and ``rotation`` (degrees clockwise).
    ``enlarge`` is the most canvas pixels that a photo pixel may become.
    """

    name = "place"
    version = 3
    needs = frozenset({"cutout"})
    gives = frozenset({"placed", "placement"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        placement = planned(context, parameters)
        enlarged = context.artifacts.get("enlarged")  # plans from before the step have none
        usual = MAX_ENLARGEMENT if enlarged is None else MAX_LEARNED
        wanted = placement.wanted_scale * usual / float(parameters.get("enlarge", usual))
        if placement.rotation == 0 and parameters.get("rotation"):
            context.notices.append(_("The photo's edge cuts the product, so it is not turned."))
        context.notices.extend(_notices(placement, wanted, usual))
        context["placement"] = placement
        placed = _placed(context, placement, enlarged)
        if placement.shows_cuts and not context["cutout"].is_trusted:
            _leave_to_staff(context)
        context["placed"] = dataclasses.replace(placed, shows_cuts=placement.shows_cuts)
        context.advance(1.0)


def planned(context: StepContext, parameters: Mapping[str, Any]) -> Placement:
    """Where the product comes to stand. Raises JobFailure when the cut-out is empty."""
    from prodimages.imaging.alpha import bounding_box
    from prodimages.imaging.placement import ByHand, plan_placement
    from prodimages.imaging.rotation import turned_extent

    cutout, plan = context["cutout"], context.plan
    source = bounding_box(cutout.alpha)
    if source is None:
        raise JobFailure(FailureKind.NO_PRODUCT, _("The cut-out of the photo is empty."))
    rotation = 0.0 if cutout.cuts else float(parameters.get("rotation", 0))
    most = MAX_ENLARGEMENT if context.artifacts.get("enlarged") is None else MAX_LEARNED
    return plan_placement(
        (source[2] - source[0], source[3] - source[1]),
        (plan.width, plan.height),
        fill=float(parameters.get("fill", 0.7)),
        align=parameters.get("align", "center"),
        ground=float(parameters.get("ground", 0.86)),
        bleeds=cutout.cuts,
        by_hand=ByHand(
            x=float(parameters.get("x", 0)),
            y=float(parameters.get("y", 0)),
            factor=float(parameters.get("scale", 1)),
            rotation=rotation,
        ),
        extent=turned_extent(cutout.alpha, source, rotation),
        enlarge=float(parameters.get("enlarge", most)),
    )


def _placed(context: StepContext, placement: Placement, enlarged: Enlarged | None) -> PlacedProduct:
    from prodimages.imaging.placement import place

    cutout, plan = context["cutout"], context.plan
    colors, alpha, factor, source, extent = cutout.foreground, cutout.alpha, 1, None, None
    if enlarged is not None:
        colors, alpha = enlarged.foreground, enlarged.alpha
        factor, source = enlarged.factor, enlarged.source
        # The photo's own, finer by the factor: what is seen through it is placed by that, too.
        extent = _extent(cutout.alpha, placement.rotation, factor)
    placed = place(
        colors,
        alpha,
        (plan.width, plan.height),
        dataclasses.replace(placement, scale=placement.scale / factor),
        width_cm=_width_cm(plan.product, cutout.alpha),
        bleeds=cutout.cuts,
        source=source,
        extent=extent,
    )
    placed = dataclasses.replace(
        placed, scale=placement.scale, learned=factor, measured=cutout.measured
    )
    return _with_what_shows_through(context, placement, placed)


def _leave_to_staff(context: StepContext) -> None:
    """A product cut at two opposite edges that this canvas can't bring to both of its own.

    Raises JobFailure(CHECK_CUTOUT) where somebody can look at it.
    """
    if settings.CUTOUT_MIN_CONFIDENCE > 0:
        stop_for_a_look(
            context,
            _(
                "The photo's edge cuts the product on two opposite sides, and it can't reach both "
                "sides of this picture, so the cuts would show. Use a photo that shows all of it, "
                "or use this cut-out as it is."
            ),
        )


def _width_cm(product: Mapping[str, Any], alpha: np.ndarray) -> float | None:
    """The product's own width, else that of a usual one of its category in this outline."""
    from prodimages.imaging.alpha import bounding_box

    length, box = product.get("length_cm"), bounding_box(alpha)
    if product.get("width_cm") or not length or box is None:
        return product.get("width_cm")
    width, height = box[2] - box[0], box[3] - box[1]
    return float(length * width / max(width, height))


def _extent(alpha: np.ndarray, degrees: float, factor: int) -> Extent:
    """How far the photo's product reaches once it is turned, in pixels of its enlargement."""
    from prodimages.imaging.alpha import bounding_box
    from prodimages.imaging.rotation import turned_extent

    source = bounding_box(alpha)
    assert source is not None  # else it could not have been planned
    left, top, right, bottom = turned_extent(alpha, source, degrees)
    return factor * left, factor * top, factor * right, factor * bottom


def _with_what_shows_through(
    context: StepContext, placement: Placement, placed: PlacedProduct
) -> PlacedProduct:
    """Glass and sheer cloth get their transmission, resampled as the product was."""
    import numpy as np

    from prodimages.imaging.placement import place

    seen = context.artifacts.get("seen_through")  # plans from before the step have none
    if seen is None:
        return placed
    canvas = context.plan.width, context.plan.height
    share = np.rint(seen.share * 255).astype(np.uint8)
    there = place(share, context["cutout"].alpha, canvas, placement)
    return dataclasses.replace(
        placed, seen_through=there.rgb.astype(np.float32) / 255, behind=seen.behind
    )


def _notices(placement: Placement, wanted: float, most: float) -> list[str]:
    """Words about what could not be done as it was wanted."""
    notices = []
    if placement.was_shrunk:
        notices.append(_("The product is shown smaller than wanted, so that all of it is seen."))
    elif placement.wanted_scale > placement.scale:
        notices.append(_too_small(wanted, most))
    if placement.was_moved:
        notices.append(_("The product was moved, so that it does not stick out of the picture."))
    return notices


def _too_small(wanted: float, most: float) -> str:
    message = _(
        "The photo is too small for this picture: the product would have to be enlarged "
        "%(wanted).1f times. It is shown smaller, enlarged %(most)g times."
    )
    return message % {"wanted": wanted, "most": most}
