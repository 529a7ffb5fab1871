"""A picture from words alone."""

from __future__ import annotations

import dataclasses

from prodimages.choices import SourceType
from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.tasks.base import (
    PaintTask,
    plain,
    references_for,
    settings_for,
    traits_for,
    white,
)
from prodimages.engines.base import GenerationRequest


class TextToImage(PaintTask):
    """A class that only inpaints gets a gray picture and leave to paint all of it."""

    source_type = SourceType.TRAINED

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        settings = dataclasses.replace(settings_for(request, model, keeps=False), laid_out=True)
        masked = traits_for(request, model).mask
        size = settings.width, settings.height
        return Brief(
            request=request,
            settings=settings,
            prompt=request.prompt,
            image=plain(size) if masked else None,
            mask=white(size) if masked else None,
            references=references_for(request, model),
            seed=request.seed,
        )
