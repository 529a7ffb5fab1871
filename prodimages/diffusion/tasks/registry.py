"""Which task paints what."""

from __future__ import annotations

from prodimages.choices import Task
from prodimages.diffusion.brief import Served
from prodimages.diffusion.tasks.background import Background, EditedBackground
from prodimages.diffusion.tasks.base import PaintTask
from prodimages.diffusion.tasks.restyle import Restyle
from prodimages.diffusion.tasks.text_to_image import TextToImage
from prodimages.diffusion.tasks.try_on import TryOnTask
from prodimages.engines.pipelines import traits_of

_TASKS: dict[Task, PaintTask] = {
    Task.BACKGROUND: Background(),
    Task.RESTYLE: Restyle(),
    Task.TEXT_TO_IMAGE: TextToImage(),
    Task.TRY_ON: TryOnTask(),
}
_EDITED = EditedBackground()


def task_for(model: Served, task: Task) -> PaintTask:
    """Tasks hold nothing: one instance serves every picture."""
    if task == Task.BACKGROUND and not traits_of(model.options.preset.parts, task).mask:
        return _EDITED
    return _TASKS[task]
