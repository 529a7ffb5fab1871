from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import SourceType
from prodimages.exceptions import RequestRefused
from prodimages.imaging.xmp import read_source_type
from prodimages.pipeline import planner
from prodimages.pipeline.spec import PlannedStep
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.enlarge import Enlarge
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from tests.cutouts.scenes import background, mug, photo, product_colors
from tests.imaging.files import saved
from tests.pipeline.steps.job import generated, make_context

SMALL, NAVY = 160, (0.12, 0.16, 0.4)


@pytest.fixture(autouse=True)
def _smooth(flat, settings):
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.SmoothEnlarger"},
    }


def mug_photo(side: int) -> bytes:
    whole = photo(mug(), product_colors(NAVY, stripes=True), background("white"))
    stride = whole.shape[0] // side
    mean = whole.reshape(side, stride, side, stride, 3).mean(axis=(1, 3))
    return saved(np.rint(mean).astype(np.uint8), "PNG")


def finished(side: int, canvas: int, *, enlargement: str = "learned", **place):
    steps = [
        PlannedStep(name="enlarge", version=1, parameters={"enlargement": enlargement}),
        PlannedStep(name="place", version=2, parameters=place),
    ]
    context = make_context(mug_photo(side), width=canvas, height=canvas, steps=steps)
    context["generated"] = generated(context)
    for step in (Prepare, CutOut, Enlarge, Place, Compose, Fidelity, Mark):
        name = step.name
        own = next((planned.parameters for planned in steps if planned.name == name), {})
        step().run(context, own)
    return context


def test_a_small_photo_is_enlarged_recorded_and_marked():
    context = finished(SMALL, 480, fill=0.7)
    placed, report = context["placed"], context["fidelity"][0]
    assert placed.learned == 4
    assert placed.scale > 2
    left, top, right, bottom = placed.box
    assert max(right - left, bottom - top) / 480 == pytest.approx(0.7, abs=0.02)
    assert report["passed"], report
    operation = report["operations"][-1]
    assert operation == {"operation": "learned enlargement", "factor": 4, "model": "smooth@1"}
    (enlarged,) = (check for check in report["checks"] if check["code"] == "enlarged")
    assert "trained model" in enlarged["message"]
    encoded = context["encoded"][0]
    assert encoded.source_type == SourceType.COMPOSITE_WITH_TRAINED
    assert read_source_type(encoded.content) == SourceType.COMPOSITE_WITH_TRAINED.value
    assert context.notices == []


def test_a_turned_product_comes_to_the_same_place():
    turned = finished(SMALL, 480, fill=0.6, rotation=20)
    smooth = finished(SMALL, 480, fill=0.6, rotation=20, enlargement="smooth", enlarge=4.0)
    assert turned["placed"].learned > 1
    assert turned["placed"].box == smooth["placed"].box
    gap = np.abs(turned["placed"].alpha - smooth["placed"].alpha)
    assert gap.mean() < 0.015
    assert turned["fidelity"][0]["passed"]


def test_twice_is_enough_where_less_than_that_is_wanted():
    context = finished(240, 480, fill=0.5)
    assert 1.5 < context["placed"].scale <= 2
    assert context["placed"].learned == 2


def test_a_large_photo_stays_untouched():
    context = finished(480, 320, fill=0.6)
    assert context["enlarged"] is None
    assert context["placed"].learned == 1
    assert context["encoded"][0].source_type == SourceType.COMPOSITE_SYNTHETIC


def test_without_being_asked_for_the_product_is_shown_smaller():
    context = finished(SMALL, 480, fill=0.8, enlargement="smooth")
    assert context["placed"].scale == 1.5
    assert "enlarged 1.5 times" in context.notices[0]


def test_more_than_four_times_is_too_much_for_a_network_as_well():
    context = finished(SMALL, 640, fill=1.0)
    assert context["placed"].scale == 4
    assert "enlarged 4 times" in context.notices[0]


def test_a_wish_is_refused_in_words_where_nothing_enlarges(settings):
    wish = planner.Wish(
        task="background", engine="flat", prompt="", parameters={"enlargement": "learned"}
    )
    planned = {step.name: step.parameters for step in planner.make_plan(wish).steps}
    assert planned["enlarge"] == {"enlargement": "learned"}
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.NotInstalled"},
    }
    with pytest.raises(RequestRefused, match="not installed"):
        planner.make_plan(wish)
