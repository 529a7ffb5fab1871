"""A person in a garment: only the region that it covers is painted."""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import FailureKind, SourceType
from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.masks import reduced, snapped
from prodimages.diffusion.references import shrunk
from prodimages.diffusion.tasks.base import BROKEN, PaintTask, settings_for, traits_for
from prodimages.engines.base import GenerationRequest, TryOn
from prodimages.exceptions import JobFailure
from prodimages.imaging.registration import displacement

_GRAY = 128
_MOST_SHIFT = 1.0
"""Pixels by which what lies outside of the region may have moved."""


class TryOnTask(PaintTask):
    """What the person wears in the region is grayed first, since models look at the whole
    picture and would take it over; the garment is a picture to look at beside it.
    """

    source_type = SourceType.COMPOSITE_WITH_TRAINED

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        wish = _checked(request)
        settings = dataclasses.replace(
            settings_for(request, model, keeps=False), has_reference=True
        )
        size = settings.width, settings.height
        # The painted side is the one that grows: a cell with any gray in it is painted.
        painted = snapped(reduced(wish.region, size), model.options.preset.parts.cell)
        grayed = np.where(wish.region[..., None], np.uint8(_GRAY), wish.person)
        masked = traits_for(request, model).mask
        return Brief(
            request=request,
            settings=settings,
            prompt=request.prompt if masked else _instruction(request.prompt),
            image=Image.fromarray(grayed).resize(size, Image.Resampling.LANCZOS),
            mask=Image.fromarray(painted.astype(np.uint8) * 255) if masked else None,
            references=(shrunk(Image.fromarray(wish.garment)),),
            keep=~wish.region,
            seed=request.seed,
        )

    def fault(self, brief: Brief, picture: np.ndarray, model: Served) -> float:
        """An editor without a mask may have moved the person, whose new part would not fit."""
        if brief.mask is not None:
            return 0.0
        wish = _checked(brief.request)
        outside = ~wish.region
        shift = displacement(
            wish.person.mean(axis=-1) / 255 * outside, picture.mean(axis=-1) * outside
        )
        moved = float(np.hypot(*shift))
        return BROKEN + moved if moved > _MOST_SHIFT else 0.0

    def broken(self) -> str:
        return _("The model moved the person; another seed or a simpler prompt may help.")

    def finished(self, brief: Brief, picture: np.ndarray) -> np.ndarray:
        """Outside of the region the person's own pixels, to the bit once they are 8 bits again."""
        wish = _checked(brief.request)
        person = wish.person.astype(np.float32) / 255
        return np.where(wish.region[..., None], picture, person).astype(np.float32)


def _instruction(prompt: str) -> str:
    return (
        "Dress the person of picture 1 in the garment of picture 2, in place of what is gray. "
        f"Keep everything else exactly as and where it is. {prompt}"
    )


def _checked(request: GenerationRequest) -> TryOn:
    """Raises JobFailure in words when the pictures don't fit together."""
    wish = request.try_on
    if wish is None:
        raise _refused(_("A try-on needs a person, a garment and the region that it covers."))
    shape = (request.height, request.width)
    if wish.person.shape != (*shape, 3) or wish.region.shape != shape:
        raise _refused(_("The person and the region must have the size of the picture."))
    if not wish.region.any() or wish.region.all():
        raise _refused(
            _("The region of a try-on covers nothing or everything; mark where the garment goes.")
        )
    return wish


def _refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.ENGINE, message)
