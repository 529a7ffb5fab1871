"""Step ``cutout``: finds the product in the photo, once for each photo and backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.types import PreparedPhoto


class CutOut(Step):
    """Takes the staff's mask, else the photo's own alpha, else the stored cut-out, else
    runs the backend and stores what it finds.
    """

    name = "cutout"
    needs = frozenset({"prepared"})
    gives = frozenset({"cutout"})
    deadline = 180.0

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.cutouts.refinement.confidence import assess
        from prodimages.cutouts.refinement.foreground import estimate_foreground
        from prodimages.cutouts.refinement.refine import no_product
        from prodimages.imaging.alpha import bounding_box
        from prodimages.imaging.types import Cutout

        prepared = context["prepared"]
        key, alpha = self._find(context, prepared)
        if bounding_box(alpha, 0.5) is None:
            raise no_product()
        confidence, reasons = assess(prepared.rgb, alpha)
        context["cutout"] = Cutout(
            alpha=alpha,
            foreground=estimate_foreground(prepared.rgb, alpha),
            key=key,
            confidence=confidence,
            reasons=reasons,
        )
        context.report(self.name, 1.0)

    def _find(self, context: StepContext, prepared: PreparedPhoto) -> tuple[str, np.ndarray]:
        from prodimages.imaging.alpha import alpha_from_png

        size = prepared.rgb.shape[1], prepared.rgb.shape[0]
        if (mask := context.cutouts.staff_mask()) is not None:
            return "staff", alpha_from_png(mask, size)
        if prepared.alpha is not None:
            return "photo", prepared.alpha
        return self._find_by_backend(context, prepared, size)

    def _find_by_backend(
        self, context: StepContext, prepared: PreparedPhoto, size: tuple[int, int]
    ) -> tuple[str, np.ndarray]:
        from prodimages.cutouts.refinement.confidence import assess
        from prodimages.cutouts.refinement.refine import VERSION, refine
        from prodimages.cutouts.registry import cutout_backend
        from prodimages.imaging.alpha import alpha_from_png, alpha_to_png

        backend = cutout_backend()
        key = f"{backend.key}+refine@{VERSION}"
        stored = context.cutouts.load(key)
        if stored is None:
            coarse = backend.alpha(prepared.rgb)
            context.report(self.name, 0.5)
            context.stop_if_canceled()
            stored = alpha_to_png(refine(prepared.rgb, coarse))
            confidence, reasons = assess(prepared.rgb, alpha_from_png(stored, size))
            details = {
                "width": size[0],
                "height": size[1],
                "confidence": confidence,
                "reasons": reasons,
            }
            context.cutouts.save(key, stored, details=details)
        # Always the alpha as stored, so that the first run equals every later one.
        return key, alpha_from_png(stored, size)
