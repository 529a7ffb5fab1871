from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

from prodimages.diffusion.training import toy
from prodimages.diffusion.training.evaluation import layers
from prodimages.diffusion.training.evaluation.__main__ import evaluate
from prodimages.diffusion.training.evaluation.discriminants import discriminants
from prodimages.diffusion.training.evaluation.frechet import frechet
from prodimages.diffusion.training.evaluation.questions import questions
from prodimages.diffusion.training.evaluation.references import learned
from prodimages.diffusion.training.evaluation.shadows import (
    angle_error,
    direction,
    overlap,
    shadow_of,
)
from prodimages.diffusion.training.evaluation.subject import Subject
from prodimages.diffusion.training.evaluation.wording import by_words, nearest_is_own, normalized
from tests.diffusion.training.conftest import RECIPE, program_in

TINY_64 = dataclasses.replace(RECIPE, side=64)


def test_the_frechet_distance_is_that_of_normal_distributions():
    """Of independent features: |m - m'|^2 + sum (s - s')^2."""
    random = np.random.default_rng(0)
    ours = random.normal(0, 1, (20_000, 3))
    theirs = random.normal([1, 0, 0], [1, 2, 1], (20_000, 3))
    assert frechet(ours, theirs) == pytest.approx(1 + 1, abs=0.1)
    assert frechet(ours, ours) == pytest.approx(0, abs=1e-6)
    assert frechet(ours, theirs) == pytest.approx(frechet(theirs, ours))


def scene(offset):
    """Light with and without a square product, whose shadow lies ``offset`` columns off."""
    without = np.full((64, 64, 3), 0.5)
    cover = np.zeros((64, 64))
    cover[24:40, 24:40] = 1
    shaded = without.copy()
    shaded[34:42, 24 + offset : 40 + offset] *= 0.4
    return shaded, without, cover


def test_the_shadow_is_the_ratio_outside_of_the_product():
    ratio = shadow_of(*scene(12))
    assert ratio[30, 30] == 1
    assert ratio[38, 48] == pytest.approx(0.4, abs=0.05)
    assert ratio[10, 10] == pytest.approx(1)


def test_the_same_shadow_overlaps_whole_and_another_does_not():
    right, left = shadow_of(*scene(12)), shadow_of(*scene(-12))
    assert overlap(right, right) == 1
    assert overlap(right, left) < 0.1
    assert overlap(np.ones((4, 4)), np.ones((4, 4))) == 1


def test_a_shadow_has_a_direction_from_the_product():
    cover = scene(12)[2]
    right, left = (direction(shadow_of(*scene(offset)), cover) for offset in (12, -12))
    assert abs(right) < 45
    assert abs(left) > 135
    assert angle_error(right, left) > 90
    assert angle_error(170.0, -170.0) == pytest.approx(20)
    assert angle_error(None, 3.0) is None
    assert direction(np.ones((64, 64)), cover) is None


def test_a_caption_is_followed_when_its_own_render_is_nearest():
    renders = np.array([[0.0, 0], [10, 0], [0, 9]])
    assert nearest_is_own(np.array([3.5, 0]), renders)
    assert not nearest_is_own(np.array([8.0, 0]), renders)


def of_words(count, random, spread=(1.0, 50.0)):
    """Features whose first number tells the word, and whose second, which is larger, does not."""
    said = [("oak", "slate", "linen")[at % 3] for at in range(count)]
    told = np.array([{"oak": 0.0, "slate": 6, "linen": 12}[word] for word in said])
    return np.stack([told, np.zeros(count)], 1) + random.normal(0, spread, (count, 2)), said


def test_discriminants_hear_the_word_and_not_what_varies_most():
    random = np.random.default_rng(0)
    features, said = of_words(600, random)
    found = discriminants(features, said)
    assert found.words == ("linen", "oak", "slate")
    fresh, words = of_words(300, random)
    right = [
        found.words[found.distances(one, found.words).argmin()] == word
        for one, word in zip(fresh, words, strict=True)
    ]
    assert np.mean(right) > 0.98


def test_words_of_few_pictures_are_not_told():
    features, said = of_words(60, np.random.default_rng(0))
    found = discriminants(np.vstack([features, features[:1]]), [*said, "snow"], least=2)
    assert "snow" not in found.words
    with pytest.raises(ValueError, match="two words"):
        discriminants(features, ["oak"] * 60)


def test_features_are_measured_in_their_own_spread():
    random = np.random.default_rng(0)
    features = random.normal([0, 5], [1, 100], (5000, 2))
    plain = normalized(features, features.mean(axis=0), features.std(axis=0))
    np.testing.assert_allclose(plain.std(axis=0), 1)


def test_filters_tell_grain_and_its_direction_whatever_its_color():
    from prodimages.diffusion.training.evaluation.filters import grain

    random = np.random.default_rng(0)
    noise = random.normal(0, 20, (64, 64))
    along = np.repeat(noise[:, :1], 64, axis=1)
    pictures = np.stack([np.full((64, 64), 0.0), noise, along, along.T])
    shown = np.clip(128 + pictures, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=3)
    found = grain(shown)
    assert found.shape == (4, 326)
    texture = found[:, :320]
    np.testing.assert_allclose(texture[0, :16], np.log(1e-3), atol=0.05)
    assert (texture[1].reshape(-1, 16)[0] > texture[0].reshape(-1, 16)[0] + 1).all()
    # Lines that go across answer to filters that look down, and turned the other way around.
    across, down = (texture[number].reshape(-1, 16)[0] for number in (2, 3))
    assert across[8] > across[0] + 1
    assert down[0] > down[8] + 1
    lighter = grain(np.clip(shown.astype(int) + 30, 0, 255).astype(np.uint8))
    np.testing.assert_allclose(lighter[1, :320], texture[1], atol=0.05)


@pytest.mark.slow
def test_features_of_pictures_tell_them_apart():
    pytest.importorskip("efficientnet_lite_pytorch")
    from prodimages.diffusion.training.evaluation.features import WIDTH, features, layout

    random = np.random.default_rng(0)
    noise = random.integers(0, 255, (2, 64, 64, 3)).astype(np.uint8)
    plain = np.full((2, 64, 64, 3), 128, np.uint8)
    found = features(np.concatenate([noise, plain]))
    assert found.shape == (4, WIDTH)
    within, across = np.linalg.norm(found[0] - found[1]), np.linalg.norm(found[0] - found[2])
    assert across > 2 * within
    assert layout(plain).shape == (2, 192)
    assert np.ptp(layout(plain)[0].reshape(64, 3), axis=0).max() < 1e-3


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The whole program, on weights that have learned nothing yet."""
    pytest.importorskip("efficientnet_lite_pytorch")
    folder = tmp_path_factory.mktemp("measured")
    program = program_in(folder / "run", steps=1, recipe=TINY_64)
    program.run()
    parts = ("autoencoder", "loss", "distance", "captions", "shadow", "sheets")
    report = evaluate(
        program.order.out / "nano", ["toy:40"], folder / "out", recipe=TINY_64, count=6, parts=parts
    )
    return folder / "out", report


def test_everything_is_measured_and_written(measured):
    folder, report = measured
    assert json.loads((folder / "report.json").read_text()) == report
    assert report["autoencoder"]["autoencoder PSNR, dB"] > 5
    assert report["loss"]["held-out loss"] > 0
    assert report["distance"]["Frechet distance"] > 0
    assert 0 <= report["shadow"]["own outline"]["IoU"] <= 1
    for name in report["sheets"]["files"]:
        assert Image.open(folder / name).size[0] > 100


def test_the_layer_is_drawn_beside_the_studios_own_shadow(measured, tmp_path):
    """Left or right by lot, and none where the weights throw no shadow."""
    folder = measured[0].parent / "run" / "nano"
    scenes = toy.scenes(30, 64, seed=3)
    facts = [one | {"source": "studio"} for one in scenes.facts]
    subject = Subject(folder, dataclasses.replace(scenes, facts=facts), seed=1)
    rng = np.random.default_rng(0)
    drawn = layers.draw(subject, tmp_path, 4, rng, lambda count: None)
    assert drawn == ["layers.png", "nano-light.webp"]
    assert Image.open(tmp_path / drawn[1]).size[1] > 2 * 64
    sheet = np.asarray(Image.open(tmp_path / "layers.png"))
    assert sheet.shape[1] >= 2 * 64
    assert len(json.loads((tmp_path / "layers.json").read_text())["layer is"]) == 4
    subject.shading = None
    assert layers.draw(subject, tmp_path, 4, rng, lambda count: None) == []


def test_true_renders_are_told_apart_where_guesses_are_not(measured):
    """The ceiling has to be near 1, or the questions are no questions."""
    _folder, report = measured
    truth = report["captions"]["true renders"]
    assert set(truth) == {"surface color", "wall color", "light side", "all"}
    assert truth["all"]["right"] / truth["all"]["of"] > 0.8
    assert truth["all"]["chance"] <= 0.5


def test_a_question_names_its_word_and_its_own_renders_come_first():
    scenes = toy.scenes(30, 32, seed=3)
    asked = questions(scenes, 10, np.random.default_rng(0), {"light side": ("left", "right")})
    assert {one.kind for one in asked} == {"surface color", "wall color", "light side"}
    for one in asked:
        if one.options is None:
            assert one.words in (("left", "right"), ("right", "left"))
            assert one.words[0] in one.caption
        else:
            near = np.abs(one.options.astype(float) - one.truth).mean(axis=(1, 2, 3))
            assert near.argmin() == 0
            assert one.options.dtype == np.uint8


def test_the_side_of_the_light_is_learned_from_renders_and_their_mirror_images():
    told = learned(toy.scenes(120, 32, seed=1), 200, np.random.default_rng(0))
    assert set(told["light side"].words) == {"left", "right"}
    scenes = toy.scenes(60, 32, seed=2)
    asked = [
        one
        for one in questions(
            scenes, 100, np.random.default_rng(0), {"light side": ("left", "right")}
        )
        if one.kind == "light side"
    ]
    truths = np.stack([one.truth for one in asked])
    assert np.mean(by_words(truths, asked, told, "light side")) > 0.9
    assert np.mean(by_words(truths[:, :, ::-1], asked, told, "light side")) < 0.1
