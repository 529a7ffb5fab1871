"""Step ``region``: lays the garment over the person and decides which pixels may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

_MOST = 0.85
"""Share of the picture that a region may be."""


class Region(Step):
    """The old top, united with the new one as it is laid and the skin that it uncovers; without
    face, hair and hands. The same for every engine.
    """

    name = "region"
    needs = frozenset({"person", "garment", "cutout"})
    gives = frozenset({"try_on"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
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
        if not 0 < changes.region.mean() < _MOST:
            message = _("The garment does not fit into the photo; the landmarks may be wrong.")
            raise JobFailure(FailureKind.PERSON, message)
        white = 255 * (1 - cutout.alpha[..., None])
        shown = np.rint(cutout.foreground * cutout.alpha[..., None] + white).astype(np.uint8)
        context["try_on"] = TryOn(
            person=person.rgb,
            garment=shown,
            region=changes.region,
            fitting=Fitting(person=person, fitted=fitted, changes=changes),
        )
        context.advance(1.0)
