"""Calls a pipeline, and keeps the process usable when the call goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.diffusion import arriving, layouts, shading
from prodimages.diffusion.arguments import arguments
from prodimages.diffusion.arriving import Arriving
from prodimages.diffusion.brief import Brief
from prodimages.diffusion.callbacks import StepWatch
from prodimages.diffusion.devices import release_memory
from prodimages.diffusion.looks import as_cells
from prodimages.diffusion.model import Model
from prodimages.engines.pipelines import PIPELINES
from prodimages.exceptions import JobFailure

logger = logging.getLogger(__name__)

Coming = Arriving | JobFailure
Painted = np.ndarray | JobFailure
_BLACK = 1 / 255
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
_LOST = ("cuda error", "device-side assert", "unspecified launch failure")


def paint(model: Model, briefs: Sequence[Brief], watch: StepWatch) -> list[Coming]:
    """A picture in the painted size for each brief, or why there is none.

    A card may still be at work on them; ``taken`` waits for it, and needs the model no more. The
    briefs share their settings. What was made before memory ran out for good is kept. Raises
    JobCanceled.
    """
    pictures: list[Coming] = []
    while waiting := briefs[len(pictures) :]:
        try:
            pictures += _fitting(model, waiting, watch)
        except JobFailure as failure:
            return [*pictures, *len(waiting) * [failure]]
    return pictures


def taken(pictures: Sequence[Coming]) -> list[Painted]:
    """(height, width, 3) float32 0..1 each, once they are there; failures (unavailable) when the
    card was lost meanwhile.
    """
    try:
        return [one.taken() if isinstance(one, Arriving) else one for one in pictures]
    except RuntimeError as error:
        explained = _explained(error)
        if not isinstance(explained, JobFailure):
            raise
        return [explained for _one in pictures]


def is_blank(picture: Painted) -> bool:
    """Whether numbers ran over while it was painted: none at all, or nothing but black."""
    if isinstance(picture, JobFailure):
        return False
    return not np.isfinite(picture).all() or float(picture.max()) < _BLACK


def paint_safely(
    model: Model, briefs: Sequence[Brief], watch: StepWatch, before: torch.dtype
) -> list[Coming]:
    """Once more what was blank in the number format ``before``, in one that overflows later and
    in which the model then stays.
    """
    # Another batch may have been here since, for the same reason.
    if model.dtype == before and not model.make_safer():
        return [blank_failure() for _brief in briefs]
    logger.warning("Blank pictures in %s; going on in %s.", before, model.dtype)
    watch.more(len(briefs))
    return paint(model, briefs, watch)


def blank_failure() -> JobFailure:
    message = _("The model gave a black picture or none at all; another seed or prompt may help.")
    return JobFailure(FailureKind.ENGINE, message)


def _fitting(model: Model, briefs: Sequence[Brief], watch: StepWatch) -> list[Arriving]:
    """As many of the first as fit into memory: fewer at once, then in tiles, then offloaded."""
    while True:
        at_once = briefs[: 1 if briefs[0].settings.alone else model.most_at_once]
        try:
            return _call(model, at_once, watch)
        except (RuntimeError, MemoryError) as error:
            if not ran_out_of_memory(error):
                raise _explained(error) from error
        # Only here, where no traceback holds the tensors of the failed call any more.
        release_memory()
        _step_down(model, len(at_once))


def _step_down(model: Model, tried: int) -> None:
    """The next rung of the ladder. Raises JobFailure at its end, with the memory given back."""
    if model.make_room():
        logger.warning("Out of memory; the other models were put out of it.")
    elif tried > 1:
        model.most_at_once = tried // 2
        logger.warning("Out of memory with %d pictures; now %d.", tried, model.most_at_once)
    elif model.tile():
        logger.warning("Out of memory; pictures are decoded in tiles now.")
    elif model.offload():
        logger.warning("Out of memory; parts of the model wait outside of the card now.")
    else:
        message = _(
            "The picture does not fit into memory, not even one at a time, in tiles and with "
            "parts of the model offloaded. Order a smaller picture or choose a smaller model."
        )
        raise JobFailure(FailureKind.ENGINE, message)


def _call(model: Model, briefs: Sequence[Brief], watch: StepWatch) -> list[Arriving]:
    name = briefs[0].settings.pipeline
    given: dict[str, Any] = arguments(briefs, model.device)
    if PIPELINES[name].callback:
        given["callback_on_step_end"] = watch
    pipeline = model.pipeline(name)
    model.wear(briefs[0].settings.lora)
    model.begin(briefs[0].settings.steps, briefs[0].settings.kept_steps)
    if (scale := briefs[0].settings.adapter_scale) is not None:
        pipeline.set_ip_adapter_scale(scale)
    last: list[torch.Tensor] = []

    def show(latents: Any) -> None:
        last[:] = [latents]
        if watch.looks is not None:
            watch.looks.show(model, pipeline, briefs, latents)

    layout = _layout(model, briefs, watch)
    if layout is not None:
        given["latents"] = layout.noise
    shows = None if watch.looks is None else show
    watch.begin(len(briefs), shows, layout, arriving.pace(model.device))
    images = pipeline(**given).images
    if last and isinstance(last[0], torch.Tensor) and isinstance(images, torch.Tensor):
        settings = briefs[0].settings
        model.colors.learn(as_cells(last[0], settings.width, settings.height), images)
    made = arriving.sent(images)
    watch.end()
    return _shaded(model, pipeline, briefs, made)


def _shaded(
    model: Model, pipeline: Any, briefs: Sequence[Brief], painted: list[Arriving]
) -> list[Arriving]:
    """In the light that products leave, where the weights bring a U-Net for that."""
    if model.shading is None or not briefs[0].settings.shaded:
        return painted
    made = [one.taken() for one in painted]
    covers = [_cover(brief) for brief in briefs]
    products = [np.asarray(brief.image, np.float32) / 255 for brief in briefs]
    prompts = [brief.prompt for brief in briefs]
    lit = shading.lit(model.shading, pipeline, prompts, made, products, covers)
    return [Arriving(torch.from_numpy(one)) for one in lit]


def _cover(brief: Brief) -> np.ndarray:
    """(height, width) float32 0..1: where the product is, in the painted size."""
    assert brief.request.product is not None
    alpha = Image.fromarray(brief.request.product.alpha.astype(np.float32))
    size = brief.settings.width, brief.settings.height
    return np.asarray(alpha.resize(size, Image.Resampling.BOX))


def _layout(model: Model, briefs: Sequence[Brief], watch: StepWatch) -> layouts.Layout | None:
    """What the pictures are to hold to, where the weights bring a denoiser for that."""
    settings = briefs[0].settings
    if model.layout_pipeline is None or not settings.laid_out:
        return None
    return layouts.drawn(
        model.layout_pipeline,
        [brief.prompt for brief in briefs],
        [brief.seed for brief in briefs],
        width=settings.width,
        height=settings.height,
        guidance=settings.guidance,
        on_step=watch.stop_if_canceled,
    )


def ran_out_of_memory(error: BaseException) -> bool:
    """Also where an allocator of a CPU says so in words only."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = str(error).lower()
    return any(phrase in words for phrase in _NO_MEMORY)


def _explained(error: BaseException) -> Exception:
    """A device that was lost in mid-run, in words; anything else as it is."""
    if any(phrase in str(error).lower() for phrase in _LOST):
        message = _(
            "The graphics card failed in the middle of a picture. If this comes again, restart "
            "the worker and look at the card's driver."
        )
        return JobFailure(FailureKind.UNAVAILABLE, message, retryable=True)
    return error if isinstance(error, Exception) else RuntimeError(str(error))
