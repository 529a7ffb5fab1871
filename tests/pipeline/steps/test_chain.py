"""The steps from the photo to the encoded picture as a chain."""

from __future__ import annotations

import pytest

from prodimages.exceptions import JobCanceled
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from tests.pipeline.steps.job import (
    finished,
    generated,
    make_context,
    mug_photo,
    run,
)

pytestmark = pytest.mark.usefixtures("flat")


def test_only_the_wanted_pictures_are_made():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    context.indexes = [1]
    run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark)
    for artifact in ("composed", "fidelity", "encoded"):
        assert set(context[artifact]) == {1}


@pytest.mark.parametrize("step", [Compose, Fidelity, Mark])
def test_a_canceled_job_stops_between_pictures(step):
    context = finished(make_context(mug_photo()))
    context.is_canceled = lambda: True
    with pytest.raises(JobCanceled):
        run(context, step)


def test_each_step_gives_what_it_declares():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    for step in (Prepare, CutOut, Place, Compose, Fidelity, Mark):
        assert step.needs <= set(context.artifacts)
        step().run(context, {})
        assert step.gives <= set(context.artifacts)
