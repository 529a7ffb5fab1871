"""Step ``resemble``: holds a picture of the whole photo to that photo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step
from prodimages.pipeline.steps import fidelity

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.types import PlacedProduct


class Resemble(Step):
    """Nothing is composited here: the engine's picture, scaled back, must be the photo."""

    name = "resemble"
    needs = frozenset({"prepared", "placed", "canvas", "generated"})
    gives = frozenset({"composed", "fidelity"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        import numpy as np

        context["composed"], context["fidelity"] = {}, {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            picture = np.rint(context["generated"][index].rgb.clip(0, 1) * 255).astype(np.uint8)
            context["composed"][index] = picture
            report = _report(context["placed"], picture)
            operations = [dict(did) for did in context["prepared"].operations]
            operations.extend(context["generated"][index].metadata.get("operations", ()))
            context["fidelity"][index] = report | {"operations": operations}
            context.advance(done / len(context.indexes))


def _report(photo: PlacedProduct, picture: np.ndarray) -> dict[str, Any]:
    """The same numbers as a composited picture has, of the whole photo."""
    import numpy as np

    from prodimages.imaging.fidelity import shift_from_photo
    from prodimages.imaging.types import PlacedProduct

    height, width = picture.shape[:2]
    scale = width / photo.rgb.shape[1]
    whole = PlacedProduct(
        rgb=picture,
        alpha=np.ones((height, width), dtype=np.float32),
        box=(0, 0, width, height),
        scale=scale,
    )
    shift = shift_from_photo(photo.rgb, photo.alpha, whole)
    passed = fidelity.is_the_product(shift)
    message = _(
        "The photo was enlarged %(scale).2f times by a trained model. Compare lettering and "
        "patterns with the photo."
    )
    everything = [0.0, 0.0, 1.0, 1.0]
    return {
        "passed": passed,
        "delta_e_mean": round(shift.delta_e_mean, 3),
        "delta_e_p95": round(shift.delta_e_p95, 3),
        "structure": round(shift.structure, 4),
        "scale": round(scale, 4),
        "rotation": 0.0,
        "box": everything,
        "photo_box": everything,
        "checks": [
            *fidelity.measured_checks(passed, shift),
            fidelity.check("enlarged", message % {"scale": scale}, scale),
        ],
    }
