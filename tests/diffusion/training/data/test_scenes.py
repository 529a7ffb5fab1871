"""What training scenes show is drawn from their seed alone, and may be asked for in words."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from prodimages.diffusion.training.data import scenes
from prodimages.diffusion.training.data.camera import f_number, view_of
from prodimages.diffusion.training.data.posing import posed
from prodimages.engines.studio import vocabulary

MANY = [scenes.draw(seed) for seed in range(400)]


def test_a_seed_always_gives_the_same_scene() -> None:
    assert [scenes.draw(seed) for seed in range(30)] == MANY[:30]
    assert len({dataclasses.replace(scene, seed=0) for scene in MANY}) == len(MANY)


def test_scenes_speak_the_studios_words() -> None:
    for scene in MANY:
        assert scene.surface in vocabulary.SURFACES
        assert scene.wall is None or scene.wall in vocabulary.WALLS
        assert scene.pattern in vocabulary.PATTERNS
        assert scene.scatter in vocabulary.SCATTERS
        for color in (scene.surface_color, scene.wall_color, scene.accent, scene.product_color):
            assert color is None or color in vocabulary.COLORS


def test_all_kinds_come_about_as_often_as_they_should() -> None:
    for kind, share in scenes.KINDS.items():
        assert sum(scene.scene == kind for scene in MANY) == pytest.approx(share * 400, abs=32)
    without = sum(scene.product is None for scene in MANY)
    assert without == pytest.approx(scenes.WITHOUT_PRODUCT * 400, abs=30)


def test_no_combination_of_words_is_both_trained_and_held_out() -> None:
    seen: dict[tuple[str, str | None, str | None], set[str]] = {}
    for scene in MANY:
        key = scene.surface, scene.surface_color, scene.wall_color
        seen.setdefault(key, set()).add(scene.split)
    assert all(len(splits) == 1 for splits in seen.values())
    held = sum(scene.split == "held" for scene in MANY)
    assert 8 <= held <= 72


def test_the_split_never_changes() -> None:
    # Weights that were trained once are measured on what they have never seen.
    assert scenes.split_of("oak", None, "sage") == "train"
    assert scenes.split_of("linen", "white", "taupe") == "held"
    names = [(a, b) for a in vocabulary.COLORS for b in vocabulary.COLORS]
    held = [pair for pair in names if scenes.split_of("linen", *pair) == "held"]
    assert len(held) == pytest.approx(scenes.HELD_SHARE * len(names), rel=0.25)


@pytest.mark.parametrize("seed", range(0, 60))
def test_the_product_is_where_the_place_step_would_put_it(seed: int) -> None:
    scene = MANY[seed]
    points = np.concatenate([part.vertices for part in posed(scene)]) / 100
    view = view_of(scene, points)
    columns, rows = view.project(points)
    width, height = np.ptp(columns), np.ptp(rows)
    assert max(width, height) == pytest.approx(min(scene.fill, max(width, height)), abs=0.02)
    assert columns.min() > -0.01
    assert columns.max() < 1.01
    if scene.centered:
        assert (rows.min() + rows.max()) / 2 == pytest.approx(0.5, abs=0.01)
    else:
        assert rows.max() == pytest.approx(scene.ground, abs=0.01)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(0.5 + scene.shift, abs=0.01)


def test_the_lamp_is_on_the_side_that_the_words_name() -> None:
    for scene in MANY:
        x, y, z = scenes.direction_to_lamp(scene)
        assert math.hypot(x, y, z) == pytest.approx(1.0)
        if scene.light_side == "left":
            assert x < -0.3
        if scene.light_side == "right":
            assert x > 0.3
        if scene.light_side == "back":
            assert y > 0.2
        if scene.scene == "wall":
            assert y < 0  # before the wall, not behind it


def test_the_lens_blurs_the_backdrop_as_wanted() -> None:
    wide = f_number(10.0, focus=1.0, behind=2.0)
    assert f_number(5.0, focus=1.0, behind=2.0) == pytest.approx(2 * wide)
    circle = 0.085**2 / (wide * (1.0 - 0.085)) * 0.5
    assert circle / 0.036 * 256 == pytest.approx(10.0)
