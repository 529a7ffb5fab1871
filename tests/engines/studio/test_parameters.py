from __future__ import annotations

from prodimages.engines.studio import StudioEngine
from prodimages.engines.studio.parameters import SceneParameters
from prodimages.engines.studio.styles import STYLES

ENGINE = StudioEngine("studio", {})


def test_shipped_styles_are_sound() -> None:
    slugs = [style["slug"] for style in STYLES]
    assert {"white-packshot", "marble-table", "oak-table"} <= set(slugs)
    assert len(set(slugs)) == len(slugs)
    assert [style["slug"] for style in STYLES if ENGINE.refuse(style["parameters"])] == []


def test_unknown_values_are_refused_in_words() -> None:
    problems = ENGINE.refuse({"scene": "moon", "color": "reddish", "reflection": 3, "zoom": 1})
    assert len(problems) == 4
    assert "moon" in problems[0]
    assert "oak-table" in problems[0]
    assert "reddish" in problems[1]


def test_a_value_that_is_not_hashable_is_refused() -> None:
    assert ENGINE.refuse({"scene": ["oak-table"], "color": {}})


def test_colors_come_by_name_or_number() -> None:
    parameters, problems = SceneParameters.parse({"color": "Sage", "accent": "#abc"})
    assert (parameters.color, parameters.accent) == ("#a9b597", "#aabbcc")
    assert not problems
