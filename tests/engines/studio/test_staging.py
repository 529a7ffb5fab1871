from __future__ import annotations

import pytest

from prodimages.engines import View
from prodimages.engines.studio.parameters import SceneParameters
from prodimages.engines.studio.prompt import read
from prodimages.engines.studio.scenes import SCENES, Scene
from prodimages.engines.studio.staging import settle, stage_for


def settled(prompt: str = "", view: View | None = None, **style: object) -> tuple[Scene, list[str]]:
    parameters, problems = SceneParameters.parse(style)
    assert not problems
    scene, _, notices = settle(parameters, read(prompt).understood, view or View())
    return scene, notices


def test_the_prompt_overrules_the_style_and_the_style_its_family() -> None:
    scene, notices = settled("walnut, cool light", scene="oak-table", light="right")
    assert (scene.surface, scene.temperature, scene.light) == ("walnut", "cool", "right")
    assert notices == []


def test_a_surface_in_the_prompt_leaves_seamless_paper() -> None:
    scene, _ = settled("marble table", scene="sweep")
    assert not scene.seamless
    assert scene.surface == "marble"


def test_a_family_in_the_prompt_replaces_the_style_s() -> None:
    scene, _ = settled("a podium", scene="oak-table", surface="walnut")
    assert scene.podium
    assert scene.family == "podium"


@pytest.mark.parametrize("family", SCENES)
def test_every_family_stands_by_its_name(family: str) -> None:
    assert settled(scene=family)[0] == SCENES[family]


@pytest.mark.parametrize(
    ("view", "kind"),
    [
        (View(elevation=0), "standing"),
        (View(elevation=35), "standing"),
        (View(elevation=36), "overhead"),
        (View(elevation=10, support="wall"), "wall"),
        (View(elevation=10, support="none"), "air"),
    ],
)
def test_no_horizon_shows_where_it_can_not(view: View, kind: str) -> None:
    assert stage_for(view).kind == kind


def test_what_the_view_rules_out_is_told() -> None:
    scene, notices = settled(scene="podium", view=View(elevation=80))
    assert not scene.podium
    assert "podium" in notices[0]
    _, notices = settled(scene="evening", view=View(support="wall"))
    assert len(notices) == 2


@pytest.mark.parametrize("family", SCENES)
def test_a_product_in_the_air_is_before_paper_in_every_family(family: str) -> None:
    scene, notices = settled(scene=family, light="back", view=View(support="none"))
    assert scene.seamless
    assert not scene.podium
    assert not scene.reflection
    assert scene.light == "top"
    told = " ".join(notices)
    assert ("takes the place of table and wall" in told) is not SCENES[family].seamless


def test_wishes_for_a_table_are_answered_once() -> None:
    _, notices = settled("oak table, brick wall", scene="sweep", view=View(support="none"))
    assert len(notices) == 1


def test_wishes_that_a_named_family_cannot_meet_are_told() -> None:
    scene, notices = settled("a podium, oak")
    assert scene.podium
    assert "oak" in notices[0]
    _, notices = settled("white table", scene="oak-table")
    assert "color" in notices[0]


@pytest.mark.parametrize(
    ("prompt", "style", "view"),
    [
        ("sage wall", "oak-table", View(elevation=80)),
        ("sage wall", "evening", View()),
        ("glossy", "podium", View()),
        ("reflection", "sweep", View(support="wall")),
    ],
)
def test_no_wish_is_dropped_in_silence(prompt: str, style: str, view: View) -> None:
    assert settled(prompt, view=view, scene=style)[1]
