"""A person in a garment: only the region that it covers is painted."""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from prodimages.choices import SourceType
from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.masks import reduced, snapped
from prodimages.diffusion.references import shrunk
from prodimages.diffusion.tasks.base import BROKEN, PaintTask, settings_for, traits_for
from prodimages.engines import wearing
from prodimages.engines.base import GenerationRequest


class TryOnTask(PaintTask):
    """What the person wears in the region is grayed first; the garment is a picture to look at
    beside it.
    """

    source_type = SourceType.COMPOSITE_WITH_TRAINED

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        wish = wearing.checked(request)
        settings = dataclasses.replace(
            settings_for(request, model, keeps=False), has_reference=True
        )
        size = settings.width, settings.height
        # The painted side is the one that grows: a cell with any gray in it is painted.
        painted = snapped(reduced(wish.region, size), model.options.preset.parts.cell)
        masked = traits_for(request, model).mask
        return Brief(
            request=request,
            settings=settings,
            prompt=request.prompt if masked else wearing.instruction(request.prompt),
            image=Image.fromarray(wearing.grayed(wish)).resize(size, Image.Resampling.LANCZOS),
            mask=Image.fromarray(painted.astype(np.uint8) * 255) if masked else None,
            references=(shrunk(Image.fromarray(wish.garment)),),
            keep=~wish.region,
            seed=request.seed,
        )

    def fault(self, brief: Brief, picture: np.ndarray, model: Served) -> float:
        """An editor without a mask may have moved the person, whose new part would not fit."""
        if brief.mask is not None:
            return 0.0
        moved = wearing.shift(wearing.checked(brief.request), picture)
        return BROKEN + moved if moved > wearing.MOST_SHIFT else 0.0

    def broken(self) -> str:
        return wearing.moved_words()

    def finished(self, brief: Brief, picture: np.ndarray) -> np.ndarray:
        return wearing.put_back(wearing.checked(brief.request), picture)
