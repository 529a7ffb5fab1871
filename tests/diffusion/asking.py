"""Requests for pictures, small and quick."""

from __future__ import annotations

import numpy as np

from prodimages.choices import Task
from prodimages.engines.base import EnginePicture, GenerationRequest, PlacedProduct
from prodimages.engines.diffusers import DiffusersEngine


def placed(side: int = 64, color: tuple[int, int, int] = (180, 40, 40)) -> PlacedProduct:
    """A soft-edged box in the middle, with a strap one pixel wide that reaches up from it."""
    alpha = np.zeros((side, side), np.float32)
    quarter = side // 4
    alpha[2 * quarter : 3 * quarter + 4, quarter : 3 * quarter] = 1
    alpha[2 * quarter, quarter : 3 * quarter] = 0.5
    alpha[quarter // 2 : 2 * quarter, 2 * quarter] = 1
    rgb = np.zeros((side, side, 3), np.uint8)
    rgb[alpha > 0] = color
    box = (quarter, quarter // 2, 3 * quarter, 3 * quarter + 4)
    return PlacedProduct(rgb=rgb, alpha=alpha, box=box, scale=1.0, width_cm=10.0)


def ask(
    task: Task = Task.BACKGROUND, *, seed: int = 7, side: int = 64, **values
) -> GenerationRequest:
    product = None if task == Task.TEXT_TO_IMAGE else placed(side)
    given = {"prompt": "a mug on oak", "width": side, "height": side, "product": product}
    return GenerationRequest(task=task, seed=seed, **(given | values))


def generate(engine: DiffusersEngine, *requests: GenerationRequest) -> list:
    return engine.generate(requests, on_progress=lambda fraction: None, is_canceled=lambda: False)


def picture(engine: DiffusersEngine, request: GenerationRequest) -> EnginePicture:
    (made,) = generate(engine, request)
    assert isinstance(made, EnginePicture), made
    return made
