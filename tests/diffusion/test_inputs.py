"""Pictures given as numbers on the device paint what Pillow's pictures paint."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from prodimages.choices import Task
from prodimages.diffusion import arguments, inputs
from tests.diffusion.asking import ask, generate

CLASSES = [
    *((*one, Task.BACKGROUND) for one in (("sd", "four"), ("sd-inpaint", "nine"))),
    *((*one, Task.BACKGROUND) for one in (("sdxl-inpaint", "xl"), ("flux2-klein", "klein"))),
    *((*one, Task.BACKGROUND) for one in (("z-image", "z_image"), ("qwen-image", "qwen"))),
    *((*one, Task.RESTYLE) for one in (("sd", "four"), ("z-image", "z_image"))),
    *((*one, Task.RESTYLE) for one in (("qwen-image", "qwen"), ("sana-sprint", "sana"))),
]
"""One for each class that starts from a picture."""
CARD = torch.device("cuda")
PROCESSOR = torch.device("cpu")


def squares(count: int, side: int = 32, mode: str = "RGB") -> list[Image.Image]:
    return [Image.new(mode, (side, side + 16), 40 * number) for number in range(1, count + 1)]


@pytest.mark.parametrize("family, weights, task", CLASSES)
def test_every_class_takes_numbers_for_pictures(
    engine_for, request, monkeypatch, family, weights, task
):
    engine = engine_for(request.getfixturevalue(weights), family, MAX_BATCH=2)
    wishes = [ask(task, seed=seed, parameters={"retries": 0}) for seed in (1, 2)]
    usual = generate(engine, *wishes)
    monkeypatch.setattr(arguments, "as_input", inputs.as_numbers)
    for one, other in zip(usual, generate(engine, *wishes), strict=True):
        assert np.abs(one.rgb - other.rgb).max() < 1e-4


@pytest.mark.parametrize("mode, bands", [("RGB", 3), ("L", 1)])
def test_numbers_are_what_the_bytes_say(mode, bands):
    numbers = inputs.as_numbers(squares(2, mode=mode), PROCESSOR)
    assert numbers.shape == (2, bands, 48, 32)
    assert numbers.dtype == torch.float32
    assert torch.equal(numbers[1], numbers[0] * 2) or mode == "RGB"
    assert numbers[1].max() <= 1


def test_pillow_keeps_what_it_does_better():
    taken = [
        inputs.as_input(squares(2), PROCESSOR),
        inputs.as_input([*squares(1), *squares(1, side=48)], CARD),
        inputs.as_input([Image.new("RGB", (1040, 1024))], CARD),
    ]
    assert all(isinstance(one, list) for one in taken)
