"""Step ``region``: lays the garment over the person and decides which pixels may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.regions import MOST_SHARE
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    from prodimages.engines.base import TryOn


class Region(Step):
    """The old top, united with the new one as it is laid and the skin that it uncovers; without
    face, hair and hands; with what a shopper put into it, and without what a shopper took out. The
    same for every engine.

    Where it is a plan's last step, the region is kept for the shopper to look at; by landmarks
    that nobody has looked at yet it need not be found.
    """

    name = "region"
    needs = frozenset({"person", "garment", "cutout"})
    gives = frozenset({"try_on"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        assert context.person is not None
        is_last = context.plan.steps[-1].name == self.name
        try:
            context["try_on"] = self._laid(context)
        except JobFailure:
            if is_last and not context.person.landmarks:
                return  # the shopper moves the landmarks first
            raise
        if is_last:
            from prodimages.engines.fitting.marks import region_png

            png = region_png(context["person"], context["try_on"].region)
            context.person.outlined(png, context["pose"].as_json())
        context.advance(1.0)

    def _laid(self, context: StepContext) -> TryOn:
        import numpy as np

        from prodimages.engines.base import TryOn
        from prodimages.engines.fitting import Fitting
        from prodimages.engines.fitting.fit import fit
        from prodimages.engines.fitting.region import changes_of

        person, cutout = context["person"], context["cutout"]
        fitted = fit(cutout.foreground, cutout.alpha, context["garment"], person)
        context.advance(0.7)
        context.stop_if_canceled()
        changes = changes_of(person, fitted)
        if not 0 < changes.region.mean() <= MOST_SHARE:
            message = _("The garment does not fit into the photo; the landmarks may be wrong.")
            raise JobFailure(FailureKind.PERSON, message)
        white = 255 * (1 - cutout.alpha[..., None])
        shown = np.rint(cutout.foreground * cutout.alpha[..., None] + white).astype(np.uint8)
        return TryOn(
            person=person.rgb,
            garment=shown,
            region=changes.region,
            fitting=Fitting(person=person, fitted=fitted, changes=changes),
        )
