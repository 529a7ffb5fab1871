"""A placement by hand: checked field by field, and frozen in the plan."""

from __future__ import annotations

import dataclasses

import pytest

from prodimages.engines.base import GenerationRequest, View
from prodimages.engines.registry import get_engine
from prodimages.exceptions import RequestRefused
from prodimages.pipeline import planner
from prodimages.pipeline.overrides import BOUNDS, LIGHTS, Overrides
from prodimages.pipeline.spec import Plan
from prodimages.pipeline.steps.generate import Generate
from tests.conftest import FLAT
from tests.pipeline.steps.job import make_context

WISH = planner.Wish(task="background", engine="flat", prompt="", parameters={"fill": 0.5})
STUDIO = {"studio": {"BACKEND": "prodimages.engines.studio.StudioEngine"}}


def plan(overrides: Overrides, **changes) -> Plan:
    return planner.make_plan(dataclasses.replace(WISH, overrides=overrides, **changes))


def parameters(made: Plan, step: str) -> dict:
    return dict(next(one.parameters for one in made.steps if one.name == step))


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bounds_themselves_are_allowed_and_nothing_beyond(name):
    for bound in BOUNDS[name]:
        assert Overrides.parse({name: bound}).given() == {name: bound}
    least, most = BOUNDS[name]
    for value in (least - 0.01, most + 0.01, float("nan"), float("inf"), "0.3", True, [0.3]):
        with pytest.raises(RequestRefused) as refused:
            Overrides.parse({name: value})
        assert list(refused.value.problems) == [name]


def test_every_bad_value_is_named_at_once():
    with pytest.raises(RequestRefused) as refused:
        Overrides.parse({"x": 2, "light": "moon", "tilt": 1, "scale": 1.0})
    assert set(refused.value.problems) == {"x", "light", "tilt"}
    assert "left, right, front" in refused.value.problems["light"][0]


def test_empty_values_are_left_to_the_style():
    assert Overrides.parse({"x": None, "light": "", "scale": 0.5}) == Overrides(scale=0.5)
    assert Overrides().given() == {}


def test_the_plan_holds_only_what_was_given(flat):
    made = plan(Overrides(x=0.1, rotation=0.0))
    assert made.placement == {"x": 0.1, "rotation": 0.0}
    assert parameters(made, "place") == {"fill": 0.5, "x": 0.1, "rotation": 0.0}
    assert Plan.from_json(made.as_json()) == made
    assert plan(Overrides()).placement == {}


def test_plans_of_before_have_no_placement(flat):
    old = plan(Overrides()).as_json()
    del old["placement"]
    assert Plan.from_json(old).placement == {}


def test_a_ground_line_lets_the_product_stand_on_it(flat):
    placed = parameters(plan(Overrides(ground=0.7)), "place")
    assert placed == {"fill": 0.5, "ground": 0.7, "align": "ground"}


def test_what_does_not_stand_has_no_ground_line(flat):
    made = plan(Overrides(ground=0.7, y=0.1), view=View(elevation=90))
    assert parameters(made, "place") == {"fill": 0.5, "y": 0.1, "align": "center"}
    assert "no ground line" in made.notices[0]


def test_light_goes_to_the_engine_over_the_style(flat):
    made = plan(Overrides(light="left"), parameters={"light": "right", "fill": 0.5})
    assert parameters(made, "generate") == {"light": "left"}
    assert "light" not in parameters(made, "place")


def test_an_engine_that_knows_no_such_light_refuses_by_that_field(flat, monkeypatch):
    monkeypatch.setattr(
        type(get_engine("flat")), "refuse", lambda self, given: ["No."] if "light" in given else []
    )
    with pytest.raises(RequestRefused) as refused:
        plan(Overrides(light="left"))
    assert refused.value.problems == {"light": ["No."]}


@pytest.mark.parametrize("light", LIGHTS)
def test_the_studio_knows_each_light(settings, light):
    settings.PRODIMAGES = FLAT | {"ENGINES": STUDIO}
    assert parameters(plan(Overrides(light=light), engine="studio"), "generate")["light"] == light


def test_a_prompt_that_asks_for_another_light_is_told(settings):
    settings.PRODIMAGES = FLAT | {"ENGINES": STUDIO}
    prompt = "oak table, light from the left"
    (notice,) = plan(Overrides(light="right"), engine="studio", prompt=prompt).notices
    assert "“left”" in notice
    assert "“right”" in notice
    assert not plan(Overrides(light="left"), engine="studio", prompt=prompt).notices


def test_light_by_hand_counts_more_than_the_prompt(settings):
    settings.PRODIMAGES = FLAT | {"ENGINES": STUDIO}
    wished = GenerationRequest(
        task="background",
        prompt="oak table, light from the left",
        seed=1,
        width=256,
        height=256,
        parameters={"light": "right"},
    )
    by_hand = dataclasses.replace(wished, fixed=frozenset({"light"}))
    pictures = [
        get_engine("studio").generate([one], on_progress=print, is_canceled=lambda: False)[0]
        for one in (wished, by_hand)
    ]
    assert [picture.metadata["light"]["from"] for picture in pictures] == ["left", "right"]


@pytest.mark.parametrize(
    ("placement", "fixed"), [({"light": "top"}, {"light"}), ({"x": 0.1}, set())]
)
def test_the_request_says_what_the_prompt_may_not_change(placement, fixed):
    context = make_context(b"", placement=placement)
    context["placed"] = None
    assert Generate()._request(context, {}, 0).fixed == fixed
