from __future__ import annotations

import pytest

from prodimages.choices import Task
from prodimages.engines.studio import StudioEngine
from prodimages.engines.studio.prompt import read
from prodimages.engines.studio.vocabulary import COLORS


@pytest.mark.parametrize(
    ("prompt", "understood"),
    [
        (
            "oak table, warm light from the left, sage wall",
            {"surface": "oak", "temperature": "warm", "light": "left", "color": COLORS["sage"]},
        ),
        ("橡木桌面,左侧暖光", {"surface": "oak", "light": "left", "temperature": "warm"}),
        (
            "大理石台面,浅蓝色背景,柔和的光线",
            {"surface": "marble", "color": COLORS["light blue"], "shadow": "soft"},
        ),
        ("a navy podium", {"scene": "podium", "accent": COLORS["navy"]}),
        ("concrete wall", {"wall": "concrete"}),
        ("wooden wall", {"wall": "panel"}),
        ("#a1B2c3 background without shadow", {"color": "#a1b2c3", "shadow": "none"}),
        ("窗影和树叶", {"pattern": "window"}),
        ("黑色大理石", {"surface": "marble", "accent": COLORS["black"]}),
        ("brown oak, gray stone", {"surface": "oak"}),
        (
            "white marble, white wall",
            {"surface": "marble", "accent": COLORS["white"], "color": COLORS["white"]},
        ),
        ("red brick wall", {"wall": "brick"}),
        ("an oak shelf before a peach wall", {"surface": "oak", "color": COLORS["peach"]}),
        ("an oak crate against a peach wall", {"surface": "oak", "color": COLORS["peach"]}),
        ("橡木搁板，桃色墙面", {"surface": "oak", "color": COLORS["peach"]}),
    ],
)
def test_wishes_are_understood(prompt: str, understood: dict[str, str]) -> None:
    assert read(prompt).understood == understood


@pytest.mark.parametrize(
    ("prompt", "ignored"),
    [
        ("a dragon on the moon with an oak table", ("dragon", "moon")),
        ("月球上的橡木桌面,一条龙", ("月球", "一条龙")),
        ("light from the left and from the right", ("right",)),
        ("linen wall", ("linen",)),
        ("purple oak table", ("purple",)),
        ("", ()),
        ("the product standing on a table", ()),
    ],
)
def test_words_that_cannot_be_honored_are_told_in_order(
    prompt: str, ignored: tuple[str, ...]
) -> None:
    assert read(prompt).ignored == ignored


def test_a_packshot_ignores_what_belongs_to_scenes() -> None:
    reading = StudioEngine("studio", {}).read_prompt(Task.PACKSHOT, "oak table, light gray")
    assert reading.understood == {"color": COLORS["light gray"]}
    assert reading.ignored == ("oak",)
