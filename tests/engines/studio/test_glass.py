"""Glass and lace let light through to the ground that carries them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines import EnginePicture, PlacedProduct, View
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
LYING = View(elevation=90.0)
IN_AIR = View(support="none")


def clear(share: float = 0.93, **values: Any) -> PlacedProduct:
    placed = product(**values)
    through = np.repeat((placed.alpha * np.float32(share))[..., None], 3, axis=-1)
    rgb = np.where(placed.alpha[..., None] > 0, np.uint8(218), np.uint8(0)).repeat(3, axis=-1)
    return dataclasses.replace(placed, rgb=rgb, seen_through=through, behind=(235, 235, 232))


def darkest(picture: EnginePicture, inside: np.ndarray) -> float:
    return float(np.percentile(picture.rgb[inside], 2))


@pytest.mark.parametrize("view", [View(), LYING, IN_AIR], ids=["standing", "lying", "in air"])
@pytest.mark.parametrize("task", [Task.PACKSHOT, Task.BACKGROUND])
def test_the_ground_seen_through_glass_is_not_in_a_solid_shadow(
    shoot: Shoot, view: View, task: Task
) -> None:
    glass, solid = clear(), product()
    inside = glass.alpha > 0.5
    parameters = {} if task == Task.PACKSHOT else {"scene": "sweep"}
    under = darkest(shoot(glass, task=task, view=view, **parameters), inside)
    assert under > 0.62
    assert under > darkest(shoot(solid, task=task, view=view, **parameters), inside) + 0.15


def test_glass_still_has_some_shadow(shoot: Shoot) -> None:
    placed = clear()
    with_, without = (shoot(placed, scene="sweep", shadow=name).rgb for name in ("soft", "none"))
    assert (without - with_).max() > 0.03


def test_a_label_shades_more_than_the_glass_around_it(shoot: Shoot) -> None:
    labeled = clear()
    assert labeled.seen_through is not None
    labeled.seen_through[300:370] = 0
    bare = shoot(clear(), scene="sweep").rgb
    assert (bare - shoot(labeled, scene="sweep").rgb).max() > 0.05


def test_the_mirror_image_of_glass_is_faint(shoot: Shoot) -> None:
    def mirrored(placed: PlacedProduct) -> float:
        with_, without = (
            shoot(placed, scene="sweep", shadow="none", reflection=on).rgb for on in (True, False)
        )
        return float(np.abs(with_ - without).max())

    black = product()
    assert mirrored(clear()) < 0.5 * mirrored(black)
