"""Step ``cutout``: finds the product in the photo, once for each photo and backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.types import PreparedPhoto

    Found = tuple[str, np.ndarray, float]


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
        key, alpha, doubt = self._find(context, prepared)
        if bounding_box(alpha, 0.5) is None:
            raise no_product()
        confidence, reasons = assess(prepared.rgb, alpha, doubt)
        context["cutout"] = Cutout(
            alpha=alpha,
            foreground=estimate_foreground(prepared.rgb, alpha),
            key=key,
            confidence=confidence,
            reasons=reasons,
        )
        context.report(self.name, 1.0)

    def _find(self, context: StepContext, prepared: PreparedPhoto) -> Found:
        """Key, alpha and the backend's doubt, from the first source that has one."""
        from prodimages.imaging.alpha import alpha_from_png, feathered, read_doubt

        size = prepared.rgb.shape[1], prepared.rgb.shape[0]
        if (mask := context.cutouts.staff_mask()) is not None:
            return "staff", feathered(alpha_from_png(mask, size)), 0.0
        if prepared.alpha is not None:
            return "photo", prepared.alpha, 0.0
        key, stored = self._stored(context, prepared)
        # Always the alpha as stored, so that the first run equals every later one.
        return key, alpha_from_png(stored, size), read_doubt(stored)

    def _stored(self, context: StepContext, prepared: PreparedPhoto) -> tuple[str, bytes]:
        """The stored cut-out of the declared backend, made and kept where there is none."""
        from prodimages.cutouts.refinement.confidence import assess, doubt_of
        from prodimages.cutouts.refinement.refine import VERSION, refine
        from prodimages.cutouts.registry import cutout_backend
        from prodimages.imaging.alpha import alpha_to_png

        backend = cutout_backend()
        key = f"{backend.key}+refine@{VERSION}"
        if (stored := context.cutouts.load(key)) is not None:
            return key, stored
        coarse = backend.alpha(prepared.rgb)
        context.report(self.name, 0.5)
        context.stop_if_canceled()
        alpha, doubt = refine(prepared.rgb, coarse), doubt_of(coarse)
        stored = alpha_to_png(alpha, doubt=doubt)
        confidence, reasons = assess(prepared.rgb, alpha, doubt)
        details = {
            "width": alpha.shape[1],
            "height": alpha.shape[0],
            "confidence": confidence,
            "reasons": reasons,
        }
        context.cutouts.save(key, stored, details=details)
        return key, stored
