"""A scene painted over, in the style of the prompt or of a reference picture."""

from __future__ import annotations

from PIL import Image

from prodimages.diffusion.brief import Brief, Served
from prodimages.diffusion.tasks.background import Background, canvas_of
from prodimages.diffusion.tasks.base import references_for, settings_for, traits_for, white
from prodimages.engines.base import GenerationRequest


class Restyle(Background):
    """Starts from the same canvas, but paints over the product too, so that light and tone
    agree; then the product's own pixels are laid back over it.
    """

    def brief(self, request: GenerationRequest, model: Served) -> Brief:
        draft, canvas, keep = canvas_of(request)
        settings = settings_for(request, model, keeps=True)
        size = settings.width, settings.height
        return Brief(
            request=request,
            settings=settings,
            prompt=request.prompt,
            image=canvas.resize(size, Image.Resampling.LANCZOS),
            mask=white(size) if traits_for(request, model).mask else None,
            references=references_for(request, model),
            draft=draft,
            keep=keep,
            seed=request.seed,
        )
