from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines.base import GenerationRequest, View
from prodimages.engines.studio import prompt, vistas
from prodimages.engines.studio.materials.base import Finish, Patch
from prodimages.engines.studio.materials.scatter import KINDS, Strewn
from prodimages.engines.studio.parameters import SceneParameters
from prodimages.engines.studio.scenes import SCENES
from prodimages.engines.studio.shot import Shot
from prodimages.engines.studio.staging import settle, stage_for
from prodimages.engines.studio.vocabulary import DISTANT
from tests.engines.studio.products import product

SHAPE = 96, 128


class Plain:
    def finish(self, patch: Patch) -> Finish:
        return Finish(np.full((*patch.u.shape, 3), 0.5, np.float32))


def patch(size: float, count: int) -> Patch:
    at = (np.arange(count, dtype=np.float32) + 0.5) * np.float32(size / count) - size / 2
    return Patch(np.tile(at, (count, 1)), at[:, None], size / count, size / count)


@pytest.fixture
def shot() -> Shot:
    view = View(elevation=90.0)
    request = GenerationRequest(
        task=Task.BACKGROUND,
        prompt="",
        seed=7,
        width=480,
        height=480,
        product=product(),
        view=view,
        parameters={},
    )
    return Shot.of(request, SCENES["autumn"], stage_for(view))


@pytest.mark.parametrize("kind", sorted(DISTANT))
def test_what_is_far_away_is_soft_and_not_flat(kind: str) -> None:
    picture = vistas.paint(kind, SHAPE, np.random.default_rng(3), horizon=20.0)
    assert picture.shape == (*SHAPE, 3)
    assert picture.min() >= 0
    assert 0.01 < picture.mean() < 1.0
    assert picture.std(axis=(0, 1)).max() > 0.02


def test_the_sea_meets_the_sky_at_the_horizon() -> None:
    picture = vistas.paint("sea", SHAPE, np.random.default_rng(3), horizon=40.0)
    rows = picture.mean(axis=1)
    blue_over_red = rows[:, 2] / rows[:, 0]
    change = np.abs(np.diff(blue_over_red[10:80]))
    assert 10 + np.argmax(change) == pytest.approx(40, abs=5)


def test_leaves_lie_around_the_product_and_not_under_it(shot: Shot) -> None:
    span = shot.span
    albedo = Strewn(Plain(), KINDS["leaves"], shot).finish(patch(1.2 * span, 240)).albedo
    covered = np.abs(albedo - 0.5).max(-1) > 0.05
    assert 0.02 < covered.mean() < 0.5
    middle = slice(105, 135)
    assert not covered[middle, middle].any()


def test_a_leaf_looks_the_same_in_any_patch(shot: Shot) -> None:
    strewn = Strewn(Plain(), KINDS["leaves"], shot)
    whole = patch(1.2 * shot.span, 200)
    upper = dataclasses.replace(whole, u=whole.u[:80], v=whole.v[:80])
    assert np.allclose(strewn.finish(whole).albedo[:80], strewn.finish(upper).albedo, atol=1e-5)


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("spring", "spring"),
        ("on the beach", "beach"),
        ("autumn", "autumn"),
        ("winter", "winter"),
        ("christmas", "holiday"),
        ("春天", "spring"),
        ("夏日海滩", "beach"),
        ("秋天", "autumn"),
        ("冬季", "winter"),
        ("圣诞节", "holiday"),
    ],
)
def test_a_season_is_asked_for_in_english_or_chinese(words: str, family: str) -> None:
    understood = prompt.read(words).understood
    scene, _stage, notices = settle(SceneParameters(), understood, View())
    assert (scene.family, notices) == (family, [])


def test_petals_and_snow_are_words_of_their_own() -> None:
    assert prompt.read("oak table, petals").understood == {"surface": "oak", "scatter": "petals"}
    assert prompt.read("雪地，落叶").understood == {"surface": "snow", "scatter": "leaves"}
