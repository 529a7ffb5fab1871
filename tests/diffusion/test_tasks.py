from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import SourceType, Task
from tests.diffusion.asking import ask, picture

MARKS = {
    Task.TEXT_TO_IMAGE: SourceType.TRAINED,
    Task.BACKGROUND: SourceType.COMPOSITE_WITH_TRAINED,
    Task.RESTYLE: SourceType.COMPOSITE_WITH_TRAINED,
}


@pytest.mark.parametrize("family, weights", [("sd-inpaint", "nine"), ("sd", "four")])
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
