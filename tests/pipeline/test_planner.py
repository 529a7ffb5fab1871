from __future__ import annotations

import dataclasses

import pytest

from prodimages.engines.base import View
from prodimages.engines.registry import get_engine
from prodimages.exceptions import RequestRefused
from prodimages.pipeline import planner
from prodimages.pipeline.spec import Plan
from prodimages.pipeline.views import UNKNOWN, view_by_category

WISH = planner.Wish(task="background", engine="flat", prompt="a mug on oak", seed=7)


def plan(**changes):
    return planner.make_plan(dataclasses.replace(WISH, **changes))


def test_a_plan_survives_json(flat):
    made = plan(parameters={"fill": 0.5, "scene": "oak"})
    assert Plan.from_json(made.as_json()) == made


def test_a_plan_of_another_format_is_refused(flat):
    with pytest.raises(ValueError, match="format 99"):
        Plan.from_json(plan().as_json() | {"format": 99})


def test_each_parameter_goes_to_the_step_that_it_belongs_to(flat):
    made = plan(parameters={"fill": 0.5, "scene": "oak"}, format="png", quality=80)
    steps = {step.name: step.parameters for step in made.steps}
    assert steps["place"]["fill"] == 0.5
    assert steps["generate"] == {"scene": "oak"}
    assert steps["mark"] == {"format": "png", "quality": 80}


def test_what_a_style_removes_is_the_cut_outs_business(flat):
    steps = {step.name: step.parameters for step in plan(parameters={"remove": ["tag"]}).steps}
    assert steps["cutout"] == {"remove": ["tag"]}
    assert steps["generate"] == {}


@pytest.mark.parametrize(
    "remove", ["hanger", ["hat"], [3], [["tag"]], {"tag": 1}, ["tag", "sticker"], None]
)
def test_what_can_not_be_removed_is_refused_in_words(flat, remove):
    with pytest.raises(RequestRefused, match="list of any of “hanger”, “clip”, “hand”"):
        plan(parameters={"remove": remove})


def test_the_plan_records_versions(flat):
    made = plan()
    assert made.engine_version == "1"
    assert {"prodimages", "numpy", "Pillow"} <= set(made.packages)
    assert all(step.version >= 1 for step in made.steps)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"engine": "nobody"}, "engine"),
        ({"task": "try_on"}, "task"),
        ({"count": 0}, "count"),
        ({"count": 9}, "count"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"width": 8}, "size"),
        ({"height": 5000}, "size"),
        ({"parameters": {"bad": 1}}, "parameters"),
        ({"parameters": {"ground": "low"}}, "parameters"),
    ],
)
def test_what_can_not_be_served_is_refused_by_field(flat, changes, field):
    with pytest.raises(RequestRefused) as refused:
        plan(**changes)
    assert list(refused.value.problems) == [field]


def test_several_faults_are_told_together(flat):
    with pytest.raises(RequestRefused) as refused:
        plan(count=0, seed=-1)
    assert set(refused.value.problems) == {"count", "seed"}


def test_words_not_honored_are_reported_but_not_the_products_own(flat):
    assert plan(prompt="unicorn on oak").notices == ["Not honored by this engine: unicorn."]
    assert plan(prompt="unicorn on oak", product_words=("Unicorn mug",)).notices == []


@pytest.mark.parametrize(
    ("view", "align"),
    [
        (View(elevation=12), "ground"),
        (View(elevation=60), "center"),
        (View(elevation=12, support="wall"), "center"),
    ],
)
def test_only_what_stands_is_put_on_the_ground_line(flat, view, align):
    made = plan(view=view, parameters={"align": "ground"})
    assert {step.name: step for step in made.steps}["place"].parameters["align"] == align


@pytest.mark.parametrize(
    ("category", "elevation"),
    [
        ("kitchen/mugs", 12),
        ("Clothing/T-Shirts", 90),
        ("home/rugs", 90),
        ("clothing/shoes", 50),
        ("clothing", 90),
        ("bottles", 12),
        ("home/lighting", 12),
        ("furniture/benches", 12),
        ("家居/马克杯", 12),
        ("箱包/手提包", 12),
        ("服装/女式T恤", 90),
        ("服装/运动鞋", 50),
        ("包装/衬衫", 90),
    ],
)
def test_the_category_tells_the_usual_view(category, elevation):
    view = view_by_category(category)
    assert (view.elevation, view.support) == (elevation, "surface")


@pytest.mark.parametrize("category", ["", "sample", "stationery/notebooks", "文具"])
def test_an_unknown_category_claims_no_horizon(flat, category):
    view = view_by_category(category)
    assert view == UNKNOWN
    made = plan(view=view, parameters={"align": "ground"})
    assert {step.name: step for step in made.steps}["place"].parameters["align"] == "center"


@pytest.mark.parametrize(
    "given, together",
    [
        ({"steps": 5, "surface": "oak"}, True),
        ({"steps": 6, "surface": "slate"}, False),
        ({"surface": "slate"}, False),
    ],
)
def test_jobs_that_no_call_could_share_are_not_claimed_together(flat, monkeypatch, given, together):
    kind = type(get_engine("flat"))
    monkeypatch.setattr(kind, "max_batch", 4)
    monkeypatch.setattr(kind, "shared_parameters", frozenset({"steps"}))
    first = plan(parameters={"steps": 5, "surface": "slate"})
    second = plan(parameters=given)
    assert (first.batch_key == second.batch_key) == together
    assert Plan.from_json(second.as_json()).batch_key == second.batch_key


def test_an_engine_of_one_picture_at_a_time_tells_no_jobs_apart(flat, monkeypatch):
    monkeypatch.setattr(type(get_engine("flat")), "shared_parameters", frozenset({"steps"}))
    assert plan(parameters={"steps": 5}).batch_key == plan(parameters={"steps": 6}).batch_key
