from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import SourceType, Task
from prodimages.diffusion.callbacks import StepWatch
from tests.diffusion.asking import ask, generate, picture

MARKS = {
    Task.TEXT_TO_IMAGE: SourceType.TRAINED,
    Task.BACKGROUND: SourceType.COMPOSITE_WITH_TRAINED,
    Task.RESTYLE: SourceType.COMPOSITE_WITH_TRAINED,
}


FAMILIES = [
    ("sd-inpaint", "nine"),
    ("sd", "four"),
    ("flux2-klein", "klein"),
    ("z-image", "z_image"),
    ("sdxl-inpaint", "xl"),
    ("qwen-image", "qwen"),
]


@pytest.mark.parametrize("family, weights", FAMILIES)
@pytest.mark.parametrize("task", MARKS)
def test_one_set_of_weights_does_every_task(engine_for, request, family, weights, task):
    engine = engine_for(request.getfixturevalue(weights), family)
    made = picture(engine, ask(task))
    assert made.rgb.shape == (64, 64, 3)
    assert made.rgb.dtype == np.float32
    assert 0 <= made.rgb.min() < made.rgb.max() <= 1
    assert made.seed == 7
    assert made.source_type == MARKS[task]
    assert made.metadata["license"] == "Apache-2.0"
    assert made.metadata["revision"].startswith("sha256:")


@pytest.mark.parametrize("family, weights", FAMILIES)
@pytest.mark.parametrize("task", [Task.BACKGROUND, Task.RESTYLE])
def test_a_strength_runs_as_many_steps_as_it_says(
    engine_for, request, monkeypatch, family, weights, task
):
    steps = []
    original = StepWatch.__call__

    def counted(self, pipeline, step, timestep, given):
        steps.append(step)
        return original(self, pipeline, step, timestep, given)

    monkeypatch.setattr(StepWatch, "__call__", counted)
    engine = engine_for(request.getfixturevalue(weights), family)
    made = picture(engine, ask(task, parameters={"strength": 0.75, "retries": 0}))
    assert len(steps) == 3 == made.metadata["steps_run"]


@pytest.mark.parametrize("family, weights", FAMILIES)
def test_batches_of_every_family_give_what_each_would_give_alone(
    engine_for, request, family, weights
):
    engine = engine_for(request.getfixturevalue(weights), family, MAX_BATCH=2)
    requests = [ask(seed=seed, parameters={"retries": 0}) for seed in (1, 2)]
    for one, made in zip(requests, generate(engine, *requests), strict=True):
        assert np.abs(picture(engine, one).rgb - made.rgb).max() < 1e-4
