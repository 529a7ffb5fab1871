"""What is painted before anybody asks: it loads a model, and compiles what jobs will need."""

from __future__ import annotations

import numpy as np

from prodimages.choices import Task
from prodimages.engines.base import GenerationRequest, PlacedProduct
from prodimages.engines.model_options import ModelOptions


def trials(options: ModelOptions) -> list[list[GenerationRequest]]:
    """Batches to paint once. Compiled blocks are made for each size of a batch of their own."""
    sizes = (options.max_batch, 1) if options.compile else (1,)
    return [[trial(options)] * count for count in dict.fromkeys(sizes)]


def trial(options: ModelOptions) -> GenerationRequest:
    """Of the task that a shop orders most, at the largest size that suits the model."""
    side = max(options.preset.sides)
    paints = Task.BACKGROUND in options.preset.tasks
    return GenerationRequest(
        task=Task.BACKGROUND if paints else Task.TEXT_TO_IMAGE,
        prompt="a plain gray table",
        seed=1,
        width=side,
        height=side,
        product=_box(side) if paints else None,
        parameters={"retries": 0},
    )


def _box(side: int) -> PlacedProduct:
    """A dark box in the middle, a third of the picture wide."""
    third = side // 3
    alpha = np.zeros((side, side), np.float32)
    alpha[third : 2 * third, third : 2 * third] = 1
    return PlacedProduct(
        rgb=np.full((side, side, 3), 60, np.uint8),
        alpha=alpha,
        box=(third, third, 2 * third, 2 * third),
        scale=1.0,
        width_cm=10.0,
    )
