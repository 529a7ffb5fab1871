"""A short way to a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prodimages.choices import Task
from prodimages.engines import EnginePicture, GenerationRequest, PlacedProduct, View
from prodimages.engines.studio import StudioEngine
from tests.engines.studio.products import product


@pytest.fixture
def shoot() -> Callable[..., EnginePicture]:
    engine = StudioEngine("studio", {})

    def run(
        placed: PlacedProduct | None = None,
        *,
        task: Task = Task.BACKGROUND,
        prompt: str = "",
        view: View | None = None,
        seed: int = 7,
        **parameters: Any,
    ) -> EnginePicture:
        placed = placed or product()
        height, width = placed.alpha.shape
        request = GenerationRequest(
            task=task,
            prompt=prompt,
            seed=seed,
            width=width,
            height=height,
            product=placed,
            view=view or View(),
            parameters=parameters,
        )
        (picture,) = engine.generate(
            [request], on_progress=lambda fraction: None, is_canceled=lambda: False
        )
        return picture

    return run
