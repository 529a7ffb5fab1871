from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import ImageState, JobState, SourceType, Task
from prodimages.engines.base import GenerationRequest
from prodimages.engines.enlarge import EnlargeEngine
from prodimages.engines.enlarge.styles import STYLES
from prodimages.exceptions import JobCanceled, JobFailure, RequestRefused
from prodimages.imaging.types import PlacedProduct
from prodimages.models import Style
from prodimages.pipeline import planner
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.services.running import run_to_the_end


@pytest.fixture(autouse=True)
def _smooth(flat, settings):
    engines = {
        **settings.PRODIMAGES["ENGINES"],
        "enlarge": {"BACKEND": "prodimages.engines.enlarge.EnlargeEngine"},
    }
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENGINES": engines,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.SmoothEnlarger"},
    }


def request(width: int, height: int) -> GenerationRequest:
    rgb = np.random.default_rng(2).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    photo = PlacedProduct(
        rgb=rgb, alpha=np.ones((20, 30), np.float32), box=(0, 0, 30, 20), scale=1.0
    )
    return GenerationRequest(
        task=Task.UPSCALE, prompt="", seed=4, width=width, height=height, product=photo
    )


def generate(*requests, is_canceled=lambda: False):
    told: list[float] = []
    made = EnlargeEngine("enlarge", {}).generate(
        requests, on_progress=told.append, is_canceled=is_canceled
    )
    return made, told


def test_it_makes_the_photo_larger_and_says_how():
    (twice, four_times), told = generate(request(60, 40), request(120, 80))
    assert twice.rgb.shape == (40, 60, 3)
    assert four_times.rgb.shape == (80, 120, 3)
    assert twice.rgb.dtype == np.float32
    assert twice.source_type == SourceType.COMPOSITE_WITH_TRAINED
    assert twice.metadata["operations"][0]["factor"] == 2
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_it_stops_when_asked_and_refuses_other_factors():
    with pytest.raises(JobCanceled):
        generate(request(60, 40), is_canceled=lambda: True)
    with pytest.raises(JobFailure, match="2 or 4"):
        generate(request(90, 60))


def test_a_check_and_the_planner_tell_what_is_missing(settings):
    assert EnlargeEngine("enlarge", {}).check() == []
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.NotInstalled"},
    }
    (found,) = EnlargeEngine("enlarge", {}).check()
    assert found.id == "prodimages.W011"
    with pytest.raises(RequestRefused, match="not installed"):
        planner.make_plan(planner.Wish(task="upscale", engine="enlarge", prompt=""))


def test_a_factor_is_two_or_four():
    wish = planner.Wish(task="upscale", engine="enlarge", prompt="", parameters={"factor": 3})
    with pytest.raises(RequestRefused, match="2 or 4"):
        planner.make_plan(wish)


@pytest.mark.django_db
@pytest.mark.parametrize("factor", [2, 4])
def test_the_whole_photo_becomes_a_picture(factor):
    style = make_style(task=Task.UPSCALE, engine="enlarge", parameters={"factor": factor})
    job = run_to_the_end(make_job(style=style))
    assert job.state == JobState.SUCCEEDED, job.error
    picture = job.images.get()
    assert (picture.width, picture.height) == (320 * factor, 240 * factor)
    assert picture.passed, picture.fidelity
    assert picture.fidelity["scale"] == factor
    assert picture.fidelity["operations"][-1]["operation"] == "learned enlargement"
    assert picture.source_type == SourceType.COMPOSITE_WITH_TRAINED
    assert picture.state == ImageState.PENDING
    assert "enlarged" in picture.reasons


@pytest.mark.django_db
def test_a_photo_that_is_large_enough_is_left_alone(settings):
    settings.PRODIMAGES = {**settings.PRODIMAGES, "MAX_SIZE": 1000}
    style = make_style(task=Task.UPSCALE, engine="enlarge", parameters={"factor": 4})
    product = make_product(photo=photo_bytes((320, 240)))
    job = run_to_the_end(make_job(product, style))
    assert job.state == JobState.FAILED
    assert "large enough already" in job.error


@pytest.mark.django_db
def test_the_shipped_styles_are_offered_where_the_engine_is(settings):
    slugs = {style["slug"] for style in STYLES}
    offered = set(Style.objects.offered().values_list("slug", flat=True))
    assert slugs <= offered
    engines = {
        alias: declared
        for alias, declared in settings.PRODIMAGES["ENGINES"].items()
        if alias != "enlarge"
    }
    settings.PRODIMAGES = {**settings.PRODIMAGES, "ENGINES": engines}
    assert not slugs & set(Style.objects.offered().values_list("slug", flat=True))
