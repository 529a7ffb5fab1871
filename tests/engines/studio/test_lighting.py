"""The scene's lamp agrees with the product's, unless somebody wants it otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines import EnginePicture, PlacedProduct
from prodimages.engines.studio.light import light_for
from prodimages.engines.studio.scenes import Scene
from prodimages.imaging.measure import Measured
from prodimages.imaging.shading import KeyLight
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
WHITE = (1.0, 1.0, 1.0)


def lit(
    side: str | None, ratio: float = 2.5, light: tuple[float, float, float] | None = WHITE
) -> PlacedProduct:
    key = None if side is None else KeyLight(side=side, ratio=ratio)
    measured = Measured(blur=0.5, grain=0.5, black=0.01, light=light, key=key)
    return dataclasses.replace(product(), measured=measured)


@pytest.mark.parametrize("task", [Task.BACKGROUND, Task.PACKSHOT])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_scene_is_lit_from_the_product_s_side(shoot: Shoot, side: str, task: Task) -> None:
    parameters = {} if task == Task.PACKSHOT else {"scene": "oak-table"}
    picture = shoot(lit(side), task=task, **parameters)
    assert picture.metadata["light"]["from"] == side
    assert not picture.checks


def test_unclear_light_gets_soft_light_from_the_front(shoot: Shoot) -> None:
    light = shoot(lit(None), scene="oak-table").metadata["light"]
    assert (light["from"], light["shadow"]) == ("front", "soft")


def test_an_unmeasured_product_changes_nothing(shoot: Shoot) -> None:
    assert shoot(scene="oak-table").metadata["light"]["from"] == "left"


def test_a_window_keeps_its_hard_lamp_at_the_side(shoot: Shoot) -> None:
    for side, stands in ((None, "left"), ("left", "left"), ("right", "right")):
        light = shoot(lit(side), scene="window-light").metadata["light"]
        assert (light["from"], light["shadow"]) == (stands, "hard")


def test_a_bare_lamp_s_product_gets_a_hard_shadow_and_only_then(shoot: Shoot) -> None:
    hard, soft = (
        shoot(lit("left", ratio), scene="oak-table").metadata["light"]["shadow"]
        for ratio in (8.0, 3.0)
    )
    assert (hard, soft) == ("hard", "soft")
    assert (
        shoot(lit("left", 8.0), scene="sweep", shadow="none").metadata["light"]["shadow"] == "none"
    )


@pytest.mark.parametrize("wish", ["style", "prompt"])
def test_the_other_side_is_heeded_and_reported(shoot: Shoot, wish: str) -> None:
    if wish == "style":
        picture = shoot(lit("left"), scene="oak-table", light="right")
    else:
        picture = shoot(lit("left"), scene="oak-table", prompt="light from the right")
    assert picture.metadata["light"]["from"] == "right"
    (check,) = picture.checks
    assert check["code"] == "light"
    assert check["message"] == "The product is lit from the left, the scene from the right."


def test_a_light_that_hardly_differs_is_not_reported(shoot: Shoot) -> None:
    assert not shoot(lit("left", ratio=1.3), scene="oak-table", light="right").checks
    assert not shoot(lit("left"), scene="oak-table", light="back").checks


def test_the_lamp_is_as_strong_as_the_shading_says() -> None:
    scene = Scene(family="", light="left")
    weak, strong = (
        light_for(scene, standing=True, measured=lit("left", ratio).measured)
        for ratio in (1.6, 3.5)
    )
    assert weak.key[1] < strong.key[1]
    assert weak.fill[1] > strong.fill[1]
    assert weak.key[1] + weak.fill[1] == pytest.approx(strong.key[1] + strong.fill[1])


def test_the_photo_s_own_tint_colors_the_scene_within_bounds() -> None:
    scene = Scene(family="")
    plain, warm, absurd = (
        light_for(scene, standing=True, measured=lit(None, light=color).measured)
        for color in (WHITE, (1.06, 1.0, 0.93), (3.0, 1.0, 0.1))
    )
    assert (warm.key / plain.key) == pytest.approx((1.06, 1.0, 0.93), rel=1e-3)
    assert np.abs(absurd.key / plain.key - 1).max() <= 0.121
