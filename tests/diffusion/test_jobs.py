"""Whole jobs, from the order to the stored picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from prodimages.choices import JobState, SourceType, Task
from prodimages.engines.registry import get_engine
from prodimages.services import execution
from prodimages.storage import private_storage
from tests.conftest import FLAT
from tests.diffusion.conftest import options_for
from tests.factories import make_job, make_style

pytestmark = pytest.mark.django_db(transaction=True)
MODEL = {"name": "tiny", "revision": "local folder", "license": "Apache-2.0"}


@pytest.fixture
def diffusion(settings, nine):
    options = options_for(nine, "sd-inpaint")
    engine = {"BACKEND": "prodimages.engines.diffusers.DiffusersEngine", "OPTIONS": options}
    settings.PRODIMAGES = FLAT | {"ENGINES": {"diffusion": engine}}


def run(task: Task, **style):
    job = make_job(style=make_style(engine="diffusion", task=task, **style))
    execution.run_next(["prodimages"])
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    return job, job.images.get()


@pytest.mark.parametrize(
    "task, mark",
    [
        (Task.TEXT_TO_IMAGE, SourceType.TRAINED),
        (Task.BACKGROUND, SourceType.COMPOSITE_WITH_TRAINED),
        (Task.RESTYLE, SourceType.COMPOSITE_WITH_TRAINED),
    ],
)
def test_a_job_runs_from_its_order_to_a_marked_picture(diffusion, task, mark):
    job, image = run(task, parameters={"retries": 0})
    assert job.plan["model"].items() >= MODEL.items()
    assert image.source_type == mark
    assert image.passed
    facts = image.engine_facts
    assert facts["license"] == "Apache-2.0"
    assert facts["revision"].startswith("sha256:")
    assert facts["painted"] == [64, 64]
    with private_storage().open(image.file.name) as file:
        content = file.read()
    assert mark.value.encode() in content
    assert Image.open(io.BytesIO(content)).size == (256, 256)
    assert b"on a table" not in content


def test_a_picture_without_the_product_says_so(diffusion):
    _job, image = run(Task.TEXT_TO_IMAGE)
    assert [check["code"] for check in image.fidelity["checks"]] == ["imagined"]


@pytest.mark.parametrize("task", [Task.TEXT_TO_IMAGE, Task.BACKGROUND, Task.RESTYLE])
def test_a_plan_that_is_run_again_gives_the_same_bytes(diffusion, task):
    first, image = run(task, parameters={"retries": 0})
    get_engine("diffusion").close()  # so that the model is loaded again
    again = make_job(first.product, first.style, seed=first.seed)
    again.plan = first.plan
    again.save(update_fields=["plan"])
    execution.run_next(["prodimages"])
    made = again.images.get()
    assert made.pk != image.pk
    assert made.digest == image.digest
