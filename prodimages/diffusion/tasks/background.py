"""A scene around the product, which the model sees but never paints."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import FailureKind, SourceType
from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.controls import followed
from prodimages.diffusion.enlarging import as_fine
from prodimages.diffusion.grown import spill_by_color, spill_by_cutout
from prodimages.diffusion.masks import reduced, shown, snapped
from prodimages.diffusion.surround import blended
from prodimages.diffusion.tasks.base import (
    PaintTask,
    references_for,
    settings_for,
    traits_for,
)
from prodimages.engines.base import GenerationRequest
from prodimages.engines.canvas import repaint, scene
from prodimages.engines.model_parameters import scene_parameters
from prodimages.exceptions import JobFailure
from prodimages.imaging.composite import composite

RING = 0.004
"""Width of what is kept around the outline, as a share of the picture's longer side."""
_LEAST_RING = 2
_LEAST_PAINTED = 0.01
"""Share of the picture; below it there is nothing worth painting."""


class Background(PaintTask):
    """The canvas is the placed product on a first draft of the scene, never the raw photo."""

    source_type = SourceType.COMPOSITE_WITH_TRAINED

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        draft, canvas, keep = canvas_of(request)
        settings = dataclasses.replace(settings_for(request, model, keeps=True), shaded=True)
        size = settings.width, settings.height
        cell = model.options.preset.parts.cell
        kept = snapped(reduced(keep, size), cell)
        if 1 - kept.mean() < _LEAST_PAINTED:
            message = _(
                "The product fills the whole picture, so there is nothing to paint around it. "
                "Place it smaller."
            )
            raise JobFailure(FailureKind.ENGINE, message)
        seen = shown(~kept, cell, (request.width, request.height))
        mask = Image.fromarray((~kept).astype(np.uint8) * 255)
        image = canvas.resize(size, Image.Resampling.LANCZOS)
        traits = traits_for(request, model)
        return Brief(
            request=request,
            settings=settings,
            prompt=request.prompt,
            image=image,
            mask=mask if traits.mask else None,
            control=(
                followed(image, mask, str(model.options.controlnet["FOLLOWS"]))
                if traits.control
                else None
            ),
            references=references_for(request, model),
            draft=draft,
            keep=keep | ~seen,
            seed=request.seed,
        )

    def fault(self, brief: Brief, picture: np.ndarray, model: Served) -> float:
        """How far the product has grown over its outline."""
        how, product = model.options.grown_check, brief.request.product
        assert product is not None
        assert brief.draft is not None
        assert brief.keep is not None
        if how == "off":
            return 0.0
        if how == "cutout":
            spill = spill_by_cutout(picture, product.alpha, brief.keep)
        else:
            spill = spill_by_color(picture, brief.draft, product.alpha, brief.keep)
        return min(spill, 0.999)  # a picture to look at, but never one of no use

    def finished(self, brief: Brief, picture: np.ndarray) -> np.ndarray:
        assert brief.draft is not None
        assert brief.keep is not None
        draft = as_fine(brief.draft, brief.request.width / brief.settings.width)
        return blended(picture, draft, brief.keep, _reach(brief))


def _reach(brief: Brief) -> float:
    """Pixels over which the tone settles: two or three cells of the latent grid."""
    return max(4.0, 0.02 * max(brief.request.width, brief.request.height))


def canvas_of(request: GenerationRequest) -> tuple[np.ndarray, Image.Image, np.ndarray]:
    """The first draft, the product on it, and (H, W) bool what must not be painted.

    Raises JobFailure when there is no product to paint around.
    """
    product = request.product
    if product is None or not (product.alpha > 0).any():
        message = _("There is no product in the cut-out to paint a scene around.")
        raise JobFailure(FailureKind.NO_PRODUCT, message)
    kind = str(request.parameters.get("canvas", "studio"))
    draft = scene(request, kind, scene_parameters(request.parameters))
    canvas = Image.fromarray(composite(draft, product, request.seed))
    ring = max(_LEAST_RING, round(RING * max(request.width, request.height)))
    return draft, canvas, ~repaint(request, ring)


class EditedBackground(Background):
    """By an editor without a mask, which is told what to leave alone, and checked."""

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        brief = super().brief(request, model)
        words = f"Keep the product exactly as and where it is. Around it: {request.prompt}"
        return dataclasses.replace(brief, prompt=words)

    def fault(self, brief: Brief, picture: np.ndarray, model: Served) -> float:
        """An editor may have moved the product: over a pixel, the picture is of no use."""
        from prodimages.imaging.registration import displacement

        assert brief.draft is not None
        product = brief.request.product
        assert product is not None
        canvas = composite(brief.draft, product, brief.request.seed).astype(np.float32) / 255
        left, top, right, bottom = product.box
        inside = np.s_[max(top, 0) : bottom, max(left, 0) : right]
        weight = (product.alpha >= 0.5)[inside].astype(np.float32)
        down, across = displacement(
            canvas[inside].mean(axis=-1) * weight, picture[inside].mean(axis=-1) * weight
        )
        return 1.0 + moved if (moved := float(np.hypot(down, across))) > 1 else 0.0
