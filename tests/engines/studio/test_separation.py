from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines import EnginePicture, PlacedProduct
from prodimages.engines.studio.separation import _where_lost
from prodimages.imaging.composite import composite
from prodimages.imaging.outline import Outline, outline_of
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
WHITE, BLACK = (251, 251, 250), (16, 16, 17)


def colored(color: tuple[int, int, int], **values: object) -> PlacedProduct:
    plain = product(shape="box")
    rgb = np.where(plain.alpha[..., None] > 0, np.uint8(color), np.uint8(0))
    return dataclasses.replace(plain, rgb=rgb, **values)


def lost(picture: EnginePicture, placed: PlacedProduct) -> float:
    return outline_of(composite(picture.rgb, placed, 1), placed.alpha).lost


def borders(picture: EnginePicture) -> np.ndarray:
    rgb = picture.rgb
    return np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])


@pytest.mark.parametrize("shadow", ["none", "soft"])
def test_white_on_white_gets_a_faint_shade_and_keeps_its_border(shoot: Shoot, shadow: str) -> None:
    placed = colored(WHITE)
    picture = shoot(placed, task=Task.PACKSHOT, color="#ffffff", shadow=shadow)
    done = picture.metadata["separation"]
    assert done["lost_before"] > 0.5
    assert done["lost_after"] == lost(picture, placed) == 0
    assert -9 < done["lightness"] < -4
    assert (borders(picture) == 1).all()
    assert 0.8 < picture.rgb[160, 240].min() < 0.97  # just over the product
    assert (picture.rgb[:60] == 1).all()  # and away from it nothing


def test_black_on_black_gets_a_glow(shoot: Shoot) -> None:
    placed = colored(BLACK)
    picture = shoot(placed, task=Task.PACKSHOT, color="#0a0a0a", shadow="none")
    done = picture.metadata["separation"]
    assert done["lost_before"] == 1
    assert done["lost_after"] == lost(picture, placed) == 0
    assert done["lightness"] > 0
    assert np.allclose(borders(picture), 10 / 255)
    scene = shoot(placed, scene="sweep", color="#0c0c0d", mood="dark")
    assert scene.metadata["separation"]["lightness"] > 0
    assert lost(scene, placed) < 0.15


def test_a_scene_is_shaded_only_where_the_outline_is_lost() -> None:
    """Beside the other half of the outline, which stands out, nothing changes."""
    rows = np.arange(100, 300)
    sides = [np.full(200, 100), np.full(200, 300)]
    both = Outline(
        rows=np.tile(rows, 2),
        columns=np.concatenate(sides),
        inside=np.full(400, 60.0),
        outside=np.concatenate([np.full(200, 60.0), np.full(200, 90.0)]),
    )

    where = _where_lost(both, (400, 400))

    assert where[200, 90] > 0.9
    assert where[200, 310] < 0.1


def test_what_stands_out_is_left_alone(shoot: Shoot) -> None:
    picture = shoot(colored(BLACK), task=Task.PACKSHOT, color="#ffffff", shadow="none")
    assert "separation" not in picture.metadata
    assert (picture.rgb == 1).all()


def test_glass_keeps_its_background(shoot: Shoot) -> None:
    clear = np.full((480, 480, 3), 0.95, np.float32)
    placed = colored(WHITE, seen_through=clear, behind=WHITE)
    picture = shoot(placed, task=Task.PACKSHOT, color="#ffffff", shadow="none")
    assert "separation" not in picture.metadata


def test_the_shade_ends_softly(shoot: Shoot) -> None:
    picture = shoot(colored(WHITE), task=Task.PACKSHOT, color="#ffffff", shadow="none")
    levels = picture.rgb[:168, 240].mean(-1) * 255  # a column over the product, from the top
    assert (np.diff(levels) <= 1e-4).all()
    assert np.abs(np.diff(levels)).max() < 3
