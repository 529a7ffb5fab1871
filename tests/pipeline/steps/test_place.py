"""Where the product stands in the picture, and how large."""

from __future__ import annotations

import pytest

from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from tests.pipeline.steps.job import (
    SIZE,
    make_context,
    mug_photo,
    run,
)

pytestmark = pytest.mark.usefixtures("flat")


def test_placing_follows_its_parameters():
    context = run(make_context(mug_photo()), Prepare, CutOut)
    run(context, Place, fill=0.5, align="ground", ground=0.75)
    placed = context["placed"]
    left, top, right, bottom = placed.box
    assert bottom == round(0.75 * SIZE)
    assert max(right - left, bottom - top) == SIZE // 2
    assert placed.width_cm == 9.5
    assert context.notices == []


@pytest.mark.parametrize("product", [{"length_cm": 12.0}, {"width_cm": None, "length_cm": 12.0}])
def test_the_longer_side_is_as_long_as_the_category_has_it(product):
    context = run(make_context(mug_photo(), product=product), Prepare, CutOut)
    run(context, Place, fill=0.5)
    placed = context["placed"]
    left, top, right, bottom = placed.box
    longest = placed.width_cm * max(right - left, bottom - top) / (right - left)
    assert longest == pytest.approx(12.0, rel=0.02)


def test_nobody_guesses_the_width_of_a_thing_of_no_known_category():
    context = run(make_context(mug_photo(), product={"category": "sample"}), Prepare, CutOut)
    run(context, Place)
    assert context["placed"].width_cm is None


def test_a_small_photo_makes_a_smaller_product_and_a_notice():
    context = make_context(mug_photo(), width=1600, height=1600)
    run(context, Prepare, CutOut)
    run(context, Place, fill=0.85)
    assert context["placed"].scale == 1.5
    assert len(context.notices) == 1
    assert "too small" in context.notices[0]
