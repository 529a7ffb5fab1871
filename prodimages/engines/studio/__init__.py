"""The studio: rendered backgrounds with the product's shadow, without any trained model.

A style's ``parameters`` (see ``parameters.SceneParameters`` for all of them)::

    scene        a family: sweep, gradient, podium, oak-table, marble-table ...
    surface      paper, oak, walnut, painted, marble, slate, concrete, linen, terrazzo,
                 paving, sand, snow
    wall         plaster, concrete, tile, brick, panel; far away: bokeh, festive, garden,
                 blossom, autumn, winter, sea
    color        #rrggbb or a name: seamless paper or wall paint; packshot background
    accent       #rrggbb or a name: podium; paper, painted, linen, terrazzo, concrete, marble
    pattern      none, window, leaves: what the light passes through
    scatter      none, petals, leaves: what lies about on the surface
    light        left, right, front, back, top
    temperature  cool, neutral, warm, golden
    shadow       soft, hard, none
    mood         bright, calm, dark
    reflection   true or false

Words of the prompt overrule them. Where neither sets ``light`` or ``shadow``, the product's
own light does, as far as its shading tells it. A packshot listens to color, light and shadow only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from prodimages.choices import SourceType, Task
from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnProgress,
    PromptReading,
)
from prodimages.exceptions import JobCanceled


class StudioEngine(Engine):
    """Renders scenes with numpy: one camera, one lamp, materials of real size."""

    tasks: ClassVar[frozenset[Task]] = frozenset({Task.PACKSHOT, Task.BACKGROUND})
    version: ClassVar[str] = "3"
    max_batch: ClassVar[int] = 1
    deterministic: ClassVar[bool] = True
    previews: ClassVar[bool] = True

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> list[EnginePicture]:
        """One picture a request. Raises JobCanceled between two pictures."""
        pictures = []
        for done, request in enumerate(requests):
            if is_canceled():
                raise JobCanceled
            on_progress(done / len(requests))
            pictures.append(self._picture(request))
        on_progress(1.0)
        return pictures

    def read_prompt(self, task: Task, prompt: str) -> PromptReading:
        """A packshot honors its color, light and shadow; other wishes count as ignored."""
        from prodimages.engines.studio import prompt as prompts

        return prompts.read(prompt, only=PACKSHOT_SLOTS if task == Task.PACKSHOT else None)

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        """Words about parameters that don't exist or have no such value."""
        from prodimages.engines.studio.parameters import SceneParameters

        return SceneParameters.parse(request)[1]

    def calm(self, task: Task, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Seamless paper, unless the picture has no other ground anyway."""
        if task == Task.PACKSHOT or parameters.get("scene", "") in CALM_SCENES:
            return {}
        return {"scene": "sweep", "surface": "paper", "wall": "plaster", "pattern": "none"}

    def model_info(self) -> dict[str, Any]:
        return {"name": "studio", "revision": self.version, "license": "Apache-2.0"}

    def _picture(self, request: GenerationRequest) -> EnginePicture:
        from prodimages.engines.studio.lighting import mismatch
        from prodimages.engines.studio.parameters import SceneParameters
        from prodimages.engines.studio.render import render
        from prodimages.engines.studio.staging import settle, settle_packshot
        from prodimages.engines.studio.varying import draw

        parameters, fixed = draw(request.parameters, request.fixed, request.seed)
        style, problems = SceneParameters.parse(parameters)
        reading = self.read_prompt(request.task, request.prompt)
        wishes = {name: wish for name, wish in reading.understood.items() if name not in fixed}
        settled = settle_packshot if request.task == Task.PACKSHOT else settle
        scene, stage, notices = settled(style, wishes, request.view, request.product)
        rgb, facts = render(request, scene, stage)
        return EnginePicture(
            rgb=rgb,
            seed=request.seed,
            # The scene is a computer-made element, so the whole is never a mere retouch.
            source_type=SourceType.COMPOSITE_SYNTHETIC,
            notices=[*problems, *notices],
            checks=mismatch(scene, request.product),
            metadata=facts,
        )


CALM_SCENES = frozenset({"sweep", "gradient"})
"""Scenes without a table, a pattern or a horizon of any contrast."""
PACKSHOT_SLOTS = frozenset({"color", "light", "shadow"})
"""What of a prompt a packshot can follow."""
