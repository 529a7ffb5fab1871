from __future__ import annotations

import pytest

from prodimages.choices import FailureKind, Surface, Task
from prodimages.exceptions import JobFailure
from prodimages.models import ProductSettings
from prodimages.pipeline import planner
from prodimages.pipeline.spec import PlannedStep
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.prepare import Prepare
from prodimages.pipeline.steps.see_through import SeeThrough
from prodimages.pipeline.surfaces import surface_by_category
from prodimages.services.styles import surface_of
from prodimages.shops.base import ProductInfo
from tests.cutouts.scenes import background, mug, photo, product_colors
from tests.factories import make_product
from tests.imaging.files import saved
from tests.pipeline.steps.job import make_context


@pytest.mark.parametrize(
    "category, surface",
    [
        ("kitchen/wine glasses", Surface.GLASS),
        ("kitchen/mugs", Surface.OPAQUE),
        ("fashion/lace", Surface.SHEER),
        ("home/curtains", Surface.SHEER),
        ("kitchen/kettles", Surface.MIRROR),
        ("accessories/sunglasses", Surface.OPAQUE),
        ("厨房/玻璃杯", Surface.GLASS),
        ("服装/蕾丝", Surface.SHEER),
        ("配饰/太阳镜", Surface.OPAQUE),
        ("浴室/镜子", Surface.MIRROR),
        ("", Surface.OPAQUE),
    ],
)
def test_the_category_tells_the_usual_surface(category, surface):
    assert surface_by_category(category) == surface


@pytest.mark.django_db
def test_staff_overrule_the_category():
    info = ProductInfo(key="1", name="Vase", category="home/glass")
    assert surface_of(info, None) == Surface.GLASS
    own = ProductSettings(product=make_product(), surface=Surface.OPAQUE)
    assert surface_of(info, own) == Surface.OPAQUE
    own.surface = ""
    assert surface_of(info, own) == Surface.GLASS


def seen_through(kind: str, surface: str, **plan):
    """The step on a dark mug before a background of ``kind``."""
    file = saved(photo(mug(), product_colors((0.12, 0.16, 0.4)), background(kind)), "PNG")
    context = make_context(file, product={"surface": surface}, **plan)
    for step in (Prepare, CutOut, SeeThrough):
        step().run(context, {})
    return context


@pytest.mark.usefixtures("flat")
def test_opaque_goods_are_left_alone_and_others_keyed():
    assert seen_through("white", "opaque")["seen_through"] is None
    assert seen_through("white", "glass").notices == []


@pytest.mark.slow
@pytest.mark.usefixtures("flat")
def test_glass_before_a_texture_is_refused_outside_neutral_scenes():
    oak = [PlannedStep(name="generate", version=1, parameters={"scene": "oak-table"})]
    with pytest.raises(JobFailure, match="plain light wall") as failure:
        seen_through("gravel", "glass", task=Task.BACKGROUND, steps=oak)
    assert failure.value.kind == FailureKind.PHOTO_INVALID
    context = seen_through("gravel", "glass", task=Task.PACKSHOT)
    assert context["seen_through"] is None
    assert "still that background" in context.notices[0]


def wish(surface: str, **values) -> planner.Wish:
    defaults = {"task": "background", "engine": "studio", "prompt": "oak table, brick wall"}
    return planner.Wish(**(defaults | values), product={"surface": surface})


def test_polished_goods_are_shown_in_a_calm_scene_in_words():
    plan = planner.make_plan(wish("mirror", parameters={"scene": "oak-table"}))
    assert plan.locked["scene"] == "sweep"
    assert any("mirrors its surroundings" in notice for notice in plan.notices)
    calm = planner.make_plan(wish("mirror", task="packshot", prompt=""))
    assert (dict(calm.locked), list(calm.notices)) == ({}, [])
    opaque = planner.make_plan(wish("opaque", parameters={"scene": "oak-table"}))
    assert dict(opaque.locked) == {}
