"""Step ``fidelity``: measures each picture against the photo and says what to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.engines.base import PlacedProduct
    from prodimages.imaging.fidelity import Shift
    from prodimages.imaging.types import Cutout, PreparedPhoto
    from prodimages.pipeline.steps.enlarge import Enlarged

MOST_DIFFERENCE = 1 / 255
MOST_DELTA_E_MEAN = 2.0
MOST_DELTA_E_P95 = 5.0
LEAST_STRUCTURE = 0.9
MOST_LOST_OUTLINE = 35
"""Percent of the outline that may have less contrast than that."""
LEAST_CONFIDENCE = 0.72
"""Under which a picture is flagged for its cut-out: one good reason for doubt is enough."""

_LOOKED_AT_SIDE = 1200

Check = dict[str, Any]


class Fidelity(Step):
    """The pixels must be those of the prepared product: the photo after the operations that
    the report lists. How far it is from the photo itself is told beside it.
    """

    name = "fidelity"
    version = 3
    needs = frozenset({"placed", "generated", "composed", "prepared", "cutout"})
    gives = frozenset({"fidelity"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.imaging.fidelity import shifts_from

        placed, cutout = context["placed"], context["cutout"]
        corrected = context.artifacts.get("corrected")  # plans from before the step have none
        photos = [context["prepared"].rgb]
        if corrected and corrected["applied"]:
            photos.append(cutout.foreground)
        shift, *rest = shifts_from(photos, cutout.alpha, placed)
        kept = rest[0] if rest else shift
        reports = {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            composed, background = context["composed"][index], context["generated"][index].rgb
            reports[index] = _report(composed, background, placed, cutout, shift, kept)
            reports[index]["checks"] += map(dict, context["generated"][index].checks)
            reports[index] |= _recorded(
                context["prepared"], cutout, corrected, context.artifacts.get("enlarged")
            )
            context.advance(done / len(context.indexes))
        context["fidelity"] = reports


def _report(
    composed: np.ndarray,
    background: np.ndarray,
    placed: PlacedProduct,
    cutout: Cutout,
    shift: Shift,
    kept: Shift,
) -> dict[str, Any]:
    """``shift`` is from the photo; ``kept`` from the photo after its recorded correction."""
    from prodimages.imaging.fidelity import interior_difference, seen_through_difference

    difference = interior_difference(composed, placed)
    through = seen_through_difference(composed, background, placed)
    passed = max(difference.largest, through) <= MOST_DIFFERENCE and is_the_product(kept)
    return {
        "passed": passed,
        "difference_max": round(difference.largest, 5),
        "difference_mean": round(difference.mean, 5),
        "delta_e_mean": round(shift.delta_e_mean, 3),
        "delta_e_p95": round(shift.delta_e_p95, 3),
        "structure": round(shift.structure, 4),
        **({"seen_through_max": round(through, 5)} if placed.seen_through is not None else {}),
        "scale": round(placed.scale, 4),
        "rotation": round(placed.rotation, 3),
        **_where(placed, cutout),
        "checks": [
            *measured_checks(passed, kept),
            *_look_checks(composed, placed),
            *_cutout_checks(cutout, placed),
        ],
    }


def is_the_product(shift: Shift) -> bool:
    """Whether what was measured is within the bounds that a picture must keep to pass."""
    return (
        shift.delta_e_mean <= MOST_DELTA_E_MEAN
        and shift.delta_e_p95 <= MOST_DELTA_E_P95
        and shift.structure >= LEAST_STRUCTURE
    )


def _recorded(
    prepared: PreparedPhoto,
    cutout: Cutout,
    corrected: Mapping[str, Any] | None,
    enlarged: Enlarged | None,
) -> dict[str, Any]:
    """What was done to the photo before it became the prepared product."""
    operations = [dict(done) for done in (*prepared.operations, *cutout.operations)]
    if enlarged is not None:
        operations.append(dict(enlarged.record))
    record: dict[str, Any] = {"operations": operations}
    return record if corrected is None else record | {"correction": dict(corrected)}


def _where(placed: PlacedProduct, cutout: Cutout) -> dict[str, list[float]]:
    """The product's box in the picture and in the photo: left, top, right, bottom, 0..1."""
    from prodimages.imaging.alpha import bounding_box

    source = bounding_box(cutout.alpha)
    if source is None:
        return {}
    return {
        "box": _shares(placed.box, placed.alpha.shape),
        "photo_box": _shares(source, cutout.alpha.shape),
    }


def _shares(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> list[float]:
    height, width = shape[:2]
    return [round(edge / side, 5) for edge, side in zip(box, 2 * (width, height), strict=True)]


def measured_checks(passed: bool, shift: Shift) -> list[Check]:
    """What is to be said of a picture that is not within the bounds."""
    if passed:
        return []
    message = _("The product in the picture is not the product in the photo.")
    return [check("product_changed", message, shift.delta_e_mean)]


def _look_checks(composed: np.ndarray, placed: PlacedProduct) -> list[Check]:
    import numpy as np

    from prodimages.imaging.outline import LEAST_CONTRAST, outline_of

    checks = []
    if placed.scale > 1:
        message = _("The photo has few pixels: the product was enlarged %(scale).2f times.")
        if placed.learned > 1:
            message = _(
                "The photo has few pixels: the product was enlarged %(scale).2f times by a trained "
                "model. Compare lettering and patterns with the photo."
            )
        checks.append(check("enlarged", message % {"scale": placed.scale}, placed.scale))
    stride = 1 + max(placed.alpha.shape) // _LOOKED_AT_SIDE
    contrast = outline_of(composed[::stride, ::stride], placed.alpha[::stride, ::stride]).contrast
    # Where a third of the outline is lost, so is the shape; the rest may stand out as it likes.
    weakest = float(np.percentile(contrast, MOST_LOST_OUTLINE)) if contrast.size else 0.0
    if weakest < LEAST_CONTRAST:
        message = _("The product hardly stands out from the background of the picture.")
        checks.append(check("edge_contrast", message, weakest))
    return checks


def _cutout_checks(cutout: Cutout, placed: PlacedProduct) -> list[Check]:
    checks = []
    if placed.shows_cuts:
        message = _(
            "The photo's edge cuts the product on two opposite sides, and the picture shows where."
        )
        checks.append(check("shows_cuts", message, len(placed.bleeds)))
    elif cutout.touches:
        message = _("The photo's edge cuts the product.")
        checks.append(check("touches_frame", message, len(cutout.touches)))
    if cutout.confidence < LEAST_CONFIDENCE:
        message = " ".join([_("The cut-out needs a look."), *cutout.reasons])
        checks.append(check("cutout", message, cutout.confidence))
    if cutout.extras:
        checks.append(check("extras", cutout.extras, cutout.confidence))
    return checks


def check(code: str, message: str, value: float) -> Check:
    """A remark as a picture keeps it; ``services.reasons`` knows the codes."""
    return {"code": code, "message": message, "value": round(value, 3)}
