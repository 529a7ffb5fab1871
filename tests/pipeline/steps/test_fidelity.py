"""The product in the picture is the one of the photo, and what changed it does not pass."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from prodimages.imaging.composite import eroded_mask
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.fidelity import Fidelity
from tests.factories import make_job
from tests.pipeline.steps.job import (
    finished,
    make_context,
    mug_photo,
    run,
)
from tests.services.running import run_to_the_end

pytestmark = pytest.mark.usefixtures("flat")


@pytest.mark.parametrize("level", [1.0, 0.41])
def test_the_product_is_sacred(level):
    context = finished(make_context(mug_photo()), level)
    inside = eroded_mask(context["placed"].alpha)
    assert inside.sum() > 5000
    for index in (0, 1):
        composed = context["composed"][index]
        assert np.array_equal(composed[inside], context["placed"].rgb[inside])
        report = context["fidelity"][index]
        assert report["passed"]
        assert report["difference_max"] == 0
        assert report["delta_e_p95"] < 3
        assert report["structure"] > 0.95


def test_a_changed_product_does_not_pass():
    context = finished(make_context(mug_photo()), 0.41)
    context["composed"][0] = (context["composed"][0] * 0.9).astype(np.uint8)
    run(context, Fidelity)
    report = context["fidelity"][0]
    assert not report["passed"]
    assert report["difference_max"] > 1 / 255
    assert "product_changed" in {check["code"] for check in report["checks"]}
    assert context["fidelity"][1]["passed"]


def test_a_color_shift_of_the_placed_product_does_not_pass():
    context = finished(make_context(mug_photo()), 0.41)
    placed = context["placed"]
    shifted = np.where(placed.alpha[..., None] > 0, placed.rgb + np.array([25, 0, 0]), 0)
    context["placed"] = dataclasses.replace(placed, rgb=shifted.clip(0, 255).astype(np.uint8))
    run(context, Compose, Fidelity)
    report = context["fidelity"][0]
    assert report["difference_max"] == 0
    assert report["delta_e_mean"] > 2
    assert not report["passed"]


def test_a_product_lost_in_its_background_is_flagged():
    context = make_context(mug_photo())
    lost = finished(context, level=0.17)["fidelity"][0]["checks"]
    assert "edge_contrast" in {check["code"] for check in lost}
    seen = finished(make_context(mug_photo()))["fidelity"][0]["checks"]
    assert "edge_contrast" not in {check["code"] for check in seen}


@pytest.mark.django_db
def test_tells_where_the_product_is_in_the_picture_and_in_the_photo(flat):
    report = run_to_the_end(make_job()).images.get().fidelity
    # The ellipse of the photo of tests.factories.
    assert report["photo_box"] == pytest.approx([0.3, 0.25, 0.7, 0.8], abs=0.02)
    left, top, right, bottom = report["box"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    in_photo = (0.7 - 0.3) * 320 / ((0.8 - 0.25) * 240)
    assert (right - left) / (bottom - top) == pytest.approx(in_photo, rel=0.06)
