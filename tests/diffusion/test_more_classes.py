"""Classes that no recommended preset runs: SANA-Sprint, PixArt-Sigma, and an IP-Adapter."""

from __future__ import annotations

import numpy as np
import pytest
from diffusers import UNet2DConditionModel
from PIL import Image

from prodimages.choices import Task
from prodimages.diffusion.callbacks import StepWatch
from prodimages.engines.base import EnginePicture
from prodimages.exceptions import JobCanceled
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture


@pytest.mark.parametrize("steps", [1, 2, 4])
@pytest.mark.parametrize("task", [Task.TEXT_TO_IMAGE, Task.RESTYLE])
def test_sana_sprint_paints_in_few_steps(engine_for, sana, task, steps):
    engine = engine_for(sana, "sana-sprint", STEPS=steps, GUIDANCE=4.5)
    made = picture(engine, ask(task))
    assert made.rgb.shape == (64, 64, 3)
    assert made.rgb.max() > made.rgb.min()


def test_sana_sprint_paints_around_nothing(engine_for, sana):
    engine = engine_for(sana, "sana-sprint")
    assert Task.BACKGROUND not in engine.tasks
    (failure,) = generate(engine, ask(Task.BACKGROUND))
    assert "can't do “background”" in str(failure)


def test_pixart_hears_a_negative_prompt(engine_for, pixart):
    engine = engine_for(pixart, "pixart-sigma", GUIDANCE=4.0)
    plainly = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    other = picture(engine, ask(Task.TEXT_TO_IMAGE, negative_prompt="blur")).rgb
    assert np.abs(plainly - other).max() > 1e-4


def test_a_class_that_calls_nobody_back_is_canceled_between_pictures(engine_for, pixart):
    engine = engine_for(pixart, "pixart-sigma", MAX_BATCH=4)
    begun, begin = [], StepWatch.begin

    def told(self, pictures, *given):
        begin(self, pictures, *given)
        begun.append(pictures)

    StepWatch.begin = told  # type: ignore[method-assign]
    try:
        with pytest.raises(JobCanceled):
            engine.generate(
                [ask(Task.TEXT_TO_IMAGE, seed=seed) for seed in range(3)],
                on_progress=lambda done: None,
                is_canceled=lambda: len(begun) == 2,
            )
    finally:
        StepWatch.begin = begin  # type: ignore[method-assign]
    assert begun == [1, 1]
    assert isinstance(picture(engine, ask(Task.TEXT_TO_IMAGE)), EnginePicture)


@pytest.fixture
def adapter(nine, tmp_path):
    unet = UNet2DConditionModel.from_pretrained(nine / "unet")
    return tiny.ip_adapter(unet, tmp_path)


@pytest.mark.parametrize("task", [Task.RESTYLE, Task.BACKGROUND, Task.TEXT_TO_IMAGE])
def test_an_ip_adapter_takes_the_style_from_a_picture(engine_for, nine, adapter, tmp_path, task):
    for name, color in (("spring", (20, 160, 60)), ("night", (10, 10, 60))):
        Image.new("RGB", (80, 48), color).save(tmp_path / f"{name}.png")
    names = {name: str(tmp_path / f"{name}.png") for name in ("spring", "night")}
    engine = engine_for(nine, "sd-inpaint", IP_ADAPTER=adapter, REFERENCES=names)
    made = {
        name: picture(engine, ask(task, parameters={"retries": 0, **reference})).rgb
        for name, reference in (
            ("none", {}),
            ("spring", {"reference": "spring"}),
            ("night", {"reference": "night"}),
        )
    }
    assert np.abs(made["none"] - made["spring"]).max() > 1e-3
    assert np.abs(made["night"] - made["spring"]).max() > 1e-3


def test_an_adapter_without_a_reference_changes_nothing(engine_for, nine, adapter):
    asked = ask(Task.RESTYLE, parameters={"retries": 0})
    with_one = picture(engine_for(nine, "sd-inpaint", IP_ADAPTER=adapter), asked).rgb
    without = picture(engine_for(nine, "sd-inpaint"), asked).rgb
    assert np.abs(with_one - without).max() < 1e-3
