"""Step ``garment``: whether the product's photo can be laid over a person, and its marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import Extra, FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step


class Garment(Step):
    """Refuses in words what is no front view of a top, taken plane-on; takes a hanger out."""

    name = "garment"
    needs = frozenset({"prepared", "cutout"})
    gives = frozenset({"garment"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.engines.fitting.garment.find import find_marks

        refuse_unless_plane_on(context.plan.view)
        cutout = context["cutout"]
        if Extra.HANGER in cutout.left:
            message = _("A hanger may be left in the garment's cut-out; look at it and remove it.")
            raise JobFailure(FailureKind.GARMENT, message)
        context["garment"] = find_marks(cutout.foreground, cutout.alpha)
        context.advance(1.0)


def refuse_unless_plane_on(view: Mapping[str, Any]) -> None:
    """Laid flat and seen from above, or hung and seen from the front."""
    hangs = view.get("support") in ("wall", "none")
    if not hangs and float(view.get("elevation", 0)) < 60:
        message = _(
            "The garment's photo must be taken plane-on: laid flat and seen from above, or hung "
            "and seen from the front. Set the product's view if it is."
        )
        raise JobFailure(FailureKind.GARMENT, message)
