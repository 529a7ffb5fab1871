"""Step ``worn``: puts back what lies outside of the region, and measures that it is untouched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.engines.base import EnginePicture, TryOn


class Worn(Step):
    """Stands in for ``compose`` and ``fidelity``: a garment that is worn can't be pixel by pixel
    that of its photo, so staff are told to compare; the person can be, outside of the region.
    """

    name = "worn"
    needs = frozenset({"try_on", "generated", "prepared", "cutout"})
    gives = frozenset({"composed", "fidelity"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        import numpy as np

        wish = context["try_on"]
        composed, reports = {}, {}
        # What was done to the garment's photo: a hanger that was taken out, among others.
        done_to = (*context["prepared"].operations, *context["cutout"].operations)
        operations = [dict(one) for one in done_to]
        corrected = context.artifacts.get("corrected")  # plans from before the step have none
        correction = {"correction": dict(corrected)} if corrected else {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            picture = context["generated"][index]
            made = np.rint(picture.rgb.clip(0, 1) * 255).astype(np.uint8)
            composed[index] = np.where(wish.region[..., None], made, wish.person)
            report = _report(composed[index], made, picture, wish)
            reports[index] = report | {"operations": operations} | correction
            context.advance(done / len(context.indexes))
        context["composed"], context["fidelity"] = composed, reports


def _report(
    composed: np.ndarray, made: np.ndarray, picture: EnginePicture, wish: TryOn
) -> dict[str, Any]:
    """``outside_max`` is of the finished picture, ``outside_engine`` what the engine had changed
    there before it was put back; both in shares of 255.
    """
    outside = _largest(composed, wish)
    is_preview = bool(picture.metadata.get("preview"))
    message = (
        _("A fitting preview: color, print and place of the garment, not its fall or its fit.")
        if is_preview
        else _("A model drew the garment; compare cut, print and lettering with the photo.")
    )
    check = {"code": "preview" if is_preview else "imagined", "message": message, "value": 1.0}
    return {
        "passed": outside == 0,
        "outside_max": outside,
        "outside_engine": round(_largest(made, wish), 5),
        "region": round(float(wish.region.mean()), 4),
        "checks": [check, *map(dict, picture.checks)],
    }


def _largest(picture: np.ndarray, wish: TryOn) -> float:
    import numpy as np

    outside = ~wish.region
    if not outside.any():
        return 0.0
    gap = np.abs(picture[outside].astype(np.int16) - wish.person[outside].astype(np.int16))
    return float(gap.max()) / 255
